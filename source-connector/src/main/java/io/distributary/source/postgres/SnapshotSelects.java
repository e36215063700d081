package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/**
 * The statements by which a snapshot reads tables that have dates or intervals, or heirs. The
 * driver's objects for these types cannot hold all that PostgreSQL's can (dates of October 1582,
 * infinite intervals), so the server is asked for their text. The rows of tables that inherit from
 * another are not in the stream of that one, so they are not in its snapshot either.
 */
final class SnapshotSelects {
  private static final String OVERRIDES = "snapshot.select.statement.overrides";

  /** Each column with whether it is, through domains or not, a date or an interval. */
  private static final String COLUMNS =
      """
      WITH RECURSIVE base(attnum, attname, oid) AS (
        SELECT a.attnum, a.attname, a.atttypid FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped
        UNION ALL
        SELECT b.attnum, b.attname, t.typbasetype
        FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.oid AND t.typtype = 'd')
      SELECT attname, bool_or(oid IN ('date'::regtype, 'interval'::regtype))
      FROM base GROUP BY attnum, attname ORDER BY attnum
      """;

  private final Connection connection;

  /** Statements for a database's tables; the connection stays the caller's. */
  SnapshotSelects(Connection connection) {
    this.connection = connection;
  }

  /**
   * Settings for Debezium's task that is to read a snapshot of these tables; empty where none needs
   * a statement of its own.
   */
  Map<String, String> settings(Collection<CapturedTable> tables) throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    StringJoiner names = new StringJoiner(",");
    for (CapturedTable table : tables) {
      // Debezium splits the list at commas; ValueTransport then refuses what it cannot be sure of.
      String select = table.toString().indexOf(',') < 0 ? select(table) : null;
      if (select != null) {
        // Quoted, for Debezium parses it: a dot or a quote in a name would make it another's.
        names.add(table.sql());
        settings.put(OVERRIDES + "." + table.sql(), select);
      }
    }
    if (!settings.isEmpty()) {
      settings.put(OVERRIDES, names.toString());
    }
    return settings;
  }

  private String select(CapturedTable table) throws SQLException {
    boolean needed = !table.partitioned() && hasHeirs(table);
    StringJoiner columns = new StringJoiner(", ", "SELECT ", " FROM " + table.from());
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, table.oid());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (table.generated().contains(row.getString(1))) {
            continue; // The stream does not have them either.
          }
          String name = Names.quoted(row.getString(1));
          boolean asText = row.getBoolean(2);
          columns.add(asText ? name + "::text AS " + name : name);
          needed |= asText;
        }
      }
    }
    return needed ? columns.toString() : null;
  }

  private boolean hasHeirs(CapturedTable table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE inhparent = ?)")) {
      statement.setLong(1, table.oid());
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
