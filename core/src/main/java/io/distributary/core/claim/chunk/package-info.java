/**
 * The chunk format: Avro object container files of Connect values, from which the Connect schema
 * can be rebuilt equal.
 */
package io.distributary.core.claim.chunk;
