package io.distributary.source.postgres.trigger;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.source.keylog.Changes;
import io.distributary.source.keylog.QueriedChanges;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The queries that turn a table's log rows that an earlier view did not see into changes. Deletes
 * come first, so that a row that takes over a unique value, or a key that is only written in
 * another way, finds it free.
 */
final class TableQueries {
  /** How much the driver holds at once, about. */
  private static final long FETCHED_BYTES = 4_000_000;

  private static final int FEWEST_FETCHED = 10;
  private static final int MOST_FETCHED = 2000;

  private final CapturedTable table;
  private final TableKey key;
  private final Session reader;
  private final Log log;
  private final int columns;

  TableQueries(CapturedTable table, Session reader, Log log) {
    this.table = table;
    this.key = table.key();
    this.reader = reader;
    this.log = log;
    this.columns = table.table().columns().size();
  }

  boolean isEmpty() throws SQLException {
    return reader.holds("SELECT NOT EXISTS (SELECT FROM " + table.definition().from() + ")");
  }

  /** About how many rows it has, as the server last counted. */
  long rows() throws SQLException {
    return Long.parseLong(
        reader.text(
            "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = ?", table.oid()));
  }

  /** The whole content. */
  Changes snapshot() throws SQLException {
    String sql = "SELECT " + table.columns("t.") + " FROM " + table.definition().from() + " t";
    return changes(sql, row -> Change.present(Op.READ, table.reader().read(row, 1)));
  }

  /** The logged keys that may be gone and are. */
  Changes gone(Horizon since) throws SQLException {
    String sql =
        "SELECT "
            + key.values("d.")
            + " FROM (SELECT "
            + key.logged("")
            + " FROM "
            + log.sql(Log.TABLE)
            + " WHERE "
            + since.unseen("xid")
            + " AND tab = "
            + table.oid()
            + " AND op = 'd' GROUP BY "
            + key.logged("")
            + ") d WHERE NOT EXISTS (SELECT FROM "
            + table.definition().from()
            + " t WHERE "
            + key.joined("t.", "d.")
            + ")";
    return changes(sql, row -> deleted(row, 1));
  }

  /** The logged keys' rows as they are now; what is gone without {@code d} in the log, deleted. */
  Changes present(Horizon since) throws SQLException {
    String sql =
        "SELECT CASE WHEN "
            + table.presence("t.")
            + " IS NULL THEN CASE WHEN d.gone THEN 0 ELSE 1 END WHEN d.fresh THEN 2 ELSE 3 END, "
            + table.columns("t.")
            + ", "
            + key.values("d.")
            + " FROM (SELECT bool_or(op = 'd') AS gone,"
            + " bool_or(op = 'c') AND NOT bool_or(op = 'd') AS fresh, "
            + key.logged("")
            + " FROM "
            + log.sql(Log.TABLE)
            + " WHERE "
            + since.unseen("xid")
            + " AND tab = "
            + table.oid()
            + " AND op IN ('c', 'u', 'd') GROUP BY "
            + key.logged("")
            + ") d LEFT JOIN "
            + table.definition().from()
            + " t ON "
            + key.joined("t.", "d.");
    return changes(sql, this::present);
  }

  private Changes changes(String sql, QueriedChanges.Mapping mapping) throws SQLException {
    PreparedStatement query = reader.prepare(sql);
    query.setFetchSize(fetchSize());
    return new QueriedChanges(query, mapping);
  }

  /** As many rows as fit, going by what the table's rows have on average. */
  private int fetchSize() throws SQLException {
    String width =
        reader.text(
            "SELECT (pg_table_size(oid) / nullif(greatest(reltuples, 0), 0))::bigint"
                + " FROM pg_class WHERE oid = ?",
            table.oid());
    long rows = width == null ? MOST_FETCHED / 10 : FETCHED_BYTES / (Long.parseLong(width) + 1);
    return (int) Math.max(FEWEST_FETCHED, Math.min(MOST_FETCHED, rows));
  }

  private Change present(ResultSet row) throws SQLException {
    return switch (row.getInt(1)) {
      case 0 -> null;
      case 1 -> deleted(row, 2 + columns);
      case 2 -> Change.present(Op.CREATE, table.reader().read(row, 2));
      default -> Change.present(Op.UPDATE, table.reader().read(row, 2));
    };
  }

  private Change deleted(ResultSet row, int first) throws SQLException {
    Object[] before = new Object[columns];
    for (int i = 0; i < key.size(); i++) {
      int column = table.table().keyIndex(i);
      before[column] = table.reader().value(row, first + i, column);
    }
    return Change.deleted(before);
  }
}
