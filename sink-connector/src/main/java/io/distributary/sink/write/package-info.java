/**
 * Writes units to target relations. {@link io.distributary.sink.write.Targets} opens a {@link
 * io.distributary.sink.write.Target}; what is the same for all databases is in {@code JdbcTarget}
 * and what it calls (checkpoints, relations, plans, writers, loads), and what differs is behind
 * {@code Dialect}, one class for each database, which a {@code TargetDatabase} opens. A row's way
 * is arrays all through: a {@code Plan} says once per table shape which value goes where, {@code
 * Reduction} keeps the last change of each key, and a {@code Bulk} of the dialect's writes many
 * rows at once.
 */
package io.distributary.sink.write;
