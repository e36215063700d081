/**
 * Capture of PostgreSQL by logical decoding, through Debezium's own task. What makes values out of
 * Debezium's is in {@link io.distributary.source.postgres.RowShapes}; the rest knows no types.
 */
package io.distributary.source.postgres;
