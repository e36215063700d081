package io.distributary.source.postgres.trigger;

import java.sql.SQLException;
import java.util.List;

/**
 * What the log says about one table that a view sees and an earlier one did not.
 *
 * @param table the table's oid
 * @param changed whether rows were touched
 * @param maybeGone whether some of them may be gone
 * @param truncated whether all of them were removed at once
 * @param installed whether triggers were installed, so that something before may be missing
 */
record Dirty(long table, boolean changed, boolean maybeGone, boolean truncated, boolean installed) {

  /** The tables with log rows that the horizon did not see, those that were made first in front. */
  static List<Dirty> since(Horizon horizon, Session reader, Log log) throws SQLException {
    return reader.rows(
        "SELECT tab, bool_or(op IN ('c', 'u', 'd')), bool_or(op = 'd'), bool_or(op = 't'),"
            + " bool_or(op = 'i') FROM "
            + log.sql(Log.TABLE)
            + " WHERE "
            + horizon.unseen("xid")
            + " AND op <> 'm' GROUP BY tab ORDER BY tab",
        row ->
            new Dirty(
                row.getLong(1),
                row.getBoolean(2),
                row.getBoolean(3),
                row.getBoolean(4),
                row.getBoolean(5)));
  }
}
