/**
 * Writes units to target relations. {@link io.distributary.sink.write.Targets} opens a {@link
 * io.distributary.sink.write.Target}. What is the same for all databases: {@code JdbcTarget} keeps
 * the open transaction, {@code Checkpoints} are written with it, and {@code UnitWriter} takes parts
 * to the {@code Writers} and {@code Load}s of their relations. What differs is behind {@code
 * Dialect}, one class for each database and those it calls, which a {@code TargetDatabase} opens. A
 * row's way is arrays all through: a {@code Plan} says once per table shape which value goes where,
 * {@code Reduction} keeps the last change of each key, and a {@code Bulk} of the dialect's writes
 * many rows at once.
 */
package io.distributary.sink.write;
