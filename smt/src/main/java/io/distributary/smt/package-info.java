/**
 * The claim check's transforms: one moves large payloads to a store and leaves a reference, the
 * other gives them back.
 */
package io.distributary.smt;
