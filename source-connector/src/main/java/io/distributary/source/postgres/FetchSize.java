package io.distributary.source.postgres;

import java.sql.SQLException;
import java.util.Collection;

/**
 * How many rows of a snapshot the driver gets from the server at once: it holds all of them, so the
 * more bytes a row has, the fewer.
 */
final class FetchSize {
  private static final long BYTES = 16L << 20;
  private static final long FEWEST = 10;

  /** Debezium's own default. */
  private static final long MOST = 10_240;

  /** Where the server has not counted the rows yet. */
  private static final long UNCOUNTED = 500;

  /** The bytes on disk per row, the partitions' together; null where rows were not counted. */
  private static final String WIDEST =
      """
      SELECT min(CASE WHEN bytes = 0 THEN %d WHEN rows <= 0 THEN %d ELSE %d / (bytes / rows + 1) END)
      FROM (SELECT sum(pg_catalog.pg_table_size(p.relid)) AS bytes,
              sum(greatest(c.reltuples, 0)) AS rows
            FROM unnest(?::text[]::oid[]) o(oid)
              CROSS JOIN LATERAL (SELECT o.oid AS relid
                UNION SELECT relid FROM pg_catalog.pg_partition_tree(o.oid)) p
              JOIN pg_catalog.pg_class c ON c.oid = p.relid
            WHERE c.relkind = 'r' GROUP BY o.oid) t
      """
          .formatted(MOST, UNCOUNTED, BYTES);

  private FetchSize() {}

  /** The rows that fit, going by the average of the table with the widest. */
  static int of(Collection<CapturedTable> tables, Sql sql) throws SQLException {
    String[] oids = tables.stream().map(table -> Long.toString(table.oid())).toArray(String[]::new);
    long fit = sql.number(WIDEST, (Object) oids);
    return (int) Math.max(FEWEST, Math.min(MOST, fit == 0 ? MOST : fit));
  }
}
