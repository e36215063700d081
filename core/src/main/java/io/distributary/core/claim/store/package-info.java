/** The stores that claims are kept in, and how a configuration chooses one. */
package io.distributary.core.claim.store;
