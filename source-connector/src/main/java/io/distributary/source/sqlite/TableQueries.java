package io.distributary.source.sqlite;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.source.keylog.Changes;
import io.distributary.source.keylog.QueriedChanges;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The queries that turn a table's log rows between two versions into changes. Deletes come first,
 * so that a row that takes over a unique value, or a key that only differs in case, finds it free.
 */
final class TableQueries {
  private final CapturedTable table;
  private final TableKey key;
  private final int keySize;
  private final int columns;
  private final int[] keyAt;

  TableQueries(CapturedTable table) {
    this.table = table;
    this.key = table.key();
    this.keySize = key.size();
    this.columns = table.table().columns().size();
    this.keyAt = new int[keySize];
    for (int i = 0; i < keySize; i++) {
      keyAt[i] = table.table().keyIndex(i);
    }
  }

  /** The whole content. */
  Changes snapshot(Session session) throws SQLException {
    String sql = "SELECT " + table.columns("") + " FROM " + table.sql();
    return new QueriedChanges(
        session.prepare(sql), row -> Change.present(Op.READ, RowReader.read(row, 1, columns)));
  }

  /**
   * The logged keys that may be gone and are. A key with a null in it may be that of several rows,
   * which nothing tells apart: it is deleted as a whole, and {@link #present} brings back what is
   * there.
   */
  Changes gone(Session session, long after, long upTo) throws SQLException {
    String orNull = key.nullable() ? key.hasNull("") : "0";
    String sql =
        "SELECT "
            + key.logged("d.")
            + " FROM (SELECT "
            + key.logged("")
            + " FROM distributary_log WHERE version > ? AND version <= ? AND \"table\" = ?"
            + " AND (op = 'd' OR "
            + orNull
            + ") AND op IN ('c', 'u', 'd') GROUP BY "
            + key.grouped()
            + ") d WHERE "
            + (key.nullable() ? key.hasNull("d.") + " OR " : "")
            + "NOT EXISTS (SELECT 1 FROM "
            + table.sql()
            + " t WHERE "
            + key.joined("t.", "d.")
            + ")";
    return new QueriedChanges(
        session.prepare(sql, after, upTo, table.name()), row -> deleted(row, 1));
  }

  /** The logged keys' rows as they are now; what is gone without {@code d} in the log, deleted. */
  Changes present(Session session, long after, long upTo) throws SQLException {
    String noNull = key.nullable() ? "NOT " + key.hasNull("d.") : "1";
    // One number says what to make of a row: each column read costs more than all of this CASE.
    String sql =
        "SELECT CASE WHEN "
            + table.presence("t.")
            + " IS NULL THEN "
            + noNull
            + " AND d.gone = 0 WHEN d.fresh OR NOT "
            + noNull
            + " THEN 2 ELSE 3 END, "
            + table.columns("t.")
            + ", "
            + key.logged("d.")
            + " FROM (SELECT max(op = 'd') AS gone, max(op = 'c') > max(op = 'd') AS fresh, "
            + key.logged("")
            + " FROM distributary_log WHERE version > ? AND version <= ? AND \"table\" = ?"
            + " AND op IN ('c', 'u', 'd') GROUP BY "
            + key.grouped()
            + ") d LEFT JOIN "
            + table.sql()
            + " t ON "
            + key.joined("t.", "d.");
    return new QueriedChanges(session.prepare(sql, after, upTo, table.name()), this::present);
  }

  private Change present(ResultSet row) throws SQLException {
    return switch (row.getInt(1)) {
      case 0 -> null;
      case 1 -> deleted(row, 2 + columns);
      case 2 -> Change.present(Op.CREATE, RowReader.read(row, 2, columns));
      default -> Change.present(Op.UPDATE, RowReader.read(row, 2, columns));
    };
  }

  private Change deleted(ResultSet row, int first) throws SQLException {
    Object[] before = new Object[columns];
    for (int i = 0; i < keySize; i++) {
      before[keyAt[i]] = RowReader.value(row, first + i);
    }
    return Change.deleted(before);
  }
}
