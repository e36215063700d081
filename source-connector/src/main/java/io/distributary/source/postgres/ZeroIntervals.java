package io.distributary.source.postgres;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.postgres.PostgresIntervals;
import io.distributary.core.relation.postgres.TimeLiterals;
import io.distributary.source.capture.CaptureException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells what an interval is that came as zero. The driver, by which Debezium reads intervals, makes
 * zero also of infinite ones, which PostgreSQL has since version 17: so the row is asked. If it has
 * changed since, a later change will tell.
 */
final class ZeroIntervals {
  /** How {@link ValueTransport} writes an interval that may be infinite. */
  static final String UNCERTAIN = "P0D";

  private static final String ZERO = PostgresIntervals.iso(0, 0, 0, 0, 0, BigDecimal.ZERO);
  private static final int FIRST_WITH_INFINITY = 17;

  private final Connection connection;
  private final boolean possible;

  ZeroIntervals(Connection connection) throws SQLException {
    this.connection = connection;
    this.possible = connection.getMetaData().getDatabaseMajorVersion() >= FIRST_WITH_INFINITY;
  }

  /**
   * The interval, in ISO 8601 or {@code infinity} or {@code -infinity}.
   *
   * @param carried the row's values as they were carried, in the table's order
   * @throws CaptureException where it cannot be told
   */
  String actual(Table table, int column, Object[] carried) {
    if (!possible) {
      return ZERO;
    }
    String name = Names.quoted(table.columns().get(column).name());
    StringBuilder sql =
        new StringBuilder("SELECT " + name + "::text FROM ")
            .append(Names.quoted(table.id().schema()) + "." + Names.quoted(table.id().name()))
            .append(" WHERE " + name + " IN ('infinity', '-infinity')");
    List<String> key = new ArrayList<>();
    for (int i = 0; i < table.keySize(); i++) {
      Column part = table.columns().get(table.keyIndex(i));
      sql.append(" AND " + Names.quoted(part.name()) + " = ?::" + part.declaredType());
      key.add(text(part, carried[table.keyIndex(i)]));
    }
    String found = found(table, column, sql.append(" LIMIT 1").toString(), key);
    if (found != null && key.isEmpty()) {
      throw new CaptureException(
          subject(table, column)
              + " is zero or infinite: the driver does not tell which, and the table has no key to"
              + " look for the row by. Give the table a primary key, or leave the column out with"
              + " debezium.column.exclude.list.");
    }
    return found == null ? ZERO : found;
  }

  private String found(Table table, int column, String sql, List<String> key) {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < key.size(); i++) {
        statement.setString(i + 1, key.get(i));
      }
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    } catch (SQLException e) {
      if (isGone(e)) {
        return null; // With the column went what it held.
      }
      throw new CaptureException(
          subject(table, column)
              + " is zero or infinite: the driver does not tell which, and the table cannot be read"
              + " to find out: "
              + e.getMessage(),
          e);
    }
  }

  /** An undefined table or column. */
  private static boolean isGone(SQLException e) {
    return "42P01".equals(e.getSQLState()) || "42703".equals(e.getSQLState());
  }

  private static String subject(Table table, int column) {
    return "A value of column " + table.columns().get(column).name() + " of table " + table.id();
  }

  private static String text(Column column, Object carried) {
    if (carried instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    } else if (carried instanceof Integer days && "date".equals(column.declaredType())) {
      return TimeLiterals.dateText(days);
    } else if (carried instanceof Long micros && column.declaredType().startsWith("timestamp")) {
      return column.declaredType().endsWith("with time zone")
          ? TimeLiterals.zonedTimestampText(micros)
          : TimeLiterals.timestampText(micros);
    }
    return carried == null ? null : carried.toString();
  }
}
