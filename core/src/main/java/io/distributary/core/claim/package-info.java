/**
 * The claim check: rows are written to a store as the chunks of a claim ({@link
 * io.distributary.core.claim.ClaimWriter}), and read from it as a stream ({@link
 * io.distributary.core.claim.ClaimReader}).
 */
package io.distributary.core.claim;
