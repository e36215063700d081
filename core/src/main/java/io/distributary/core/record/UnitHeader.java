package io.distributary.core.record;

/**
 * What all parts of one unit have in common.
 *
 * @param kind what the unit states
 * @param position where it stands in the source's history; null in records of others, which have
 *     none
 * @param timestamp when the source committed or read it, in milliseconds since 1970 UTC
 * @param transactionId the source's own number of the transaction; null where it has none
 */
public record UnitHeader(UnitKind kind, Position position, long timestamp, Long transactionId) {}
