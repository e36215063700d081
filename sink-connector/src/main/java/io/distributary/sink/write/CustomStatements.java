package io.distributary.sink.write;

/**
 * A user's own SQL for the changes of one table, where the target has another shape. Parameters are
 * {@code :column}, by the column's name in the source ({@code :"odd name"} where it needs quotes);
 * what stands inside quotes or comments is left as it is.
 *
 * @param upsert runs for each row that is there; null to write rows as usual
 * @param delete runs for each row that is gone, with the key's columns only; null to delete rows as
 *     usual
 */
public record CustomStatements(String upsert, String delete) {}
