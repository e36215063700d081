package io.distributary.source.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the log says about one table between two versions.
 *
 * @param table the table's name as logged
 * @param changed whether rows were touched
 * @param maybeGone whether some of them may be gone
 * @param installed whether triggers were installed, so that something before may be missing
 * @param asked whether a snapshot was asked for
 * @param unknown whether something was asked that nobody understands
 */
record Dirty(
    String table,
    boolean changed,
    boolean maybeGone,
    boolean installed,
    boolean asked,
    boolean unknown) {

  /** The tables with log rows in {@code (after, upTo]}, in the order of their first ones. */
  static List<Dirty> between(Session session, long after, long upTo) throws SQLException {
    Map<String, Dirty> tables = new LinkedHashMap<>();
    String sql =
        "SELECT DISTINCT \"table\", op FROM " + Log.TABLE + " WHERE version > ? AND version <= ?";
    try (PreparedStatement query = session.prepare(sql, after, upTo);
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        tables.merge(rows.getString(1), of(rows.getString(1), rows.getString(2)), Dirty::and);
      }
    }
    return List.copyOf(tables.values());
  }

  private static Dirty of(String table, String op) {
    return switch (op) {
      case "c", "u" -> new Dirty(table, true, false, false, false, false);
      case "d" -> new Dirty(table, true, true, false, false, false);
      case "i" -> new Dirty(table, false, false, true, false, false);
      case "s" -> new Dirty(table, false, false, false, true, false);
      case "m" -> new Dirty(table, false, false, false, false, false);
      default -> new Dirty(table, false, false, false, false, true);
    };
  }

  private Dirty and(Dirty more) {
    return new Dirty(
        table,
        changed || more.changed,
        maybeGone || more.maybeGone,
        installed || more.installed,
        asked || more.asked,
        unknown || more.unknown);
  }
}
