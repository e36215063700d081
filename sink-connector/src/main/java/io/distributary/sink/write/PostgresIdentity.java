package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The statements that give the sequences behind identity columns, which come new with a new table,
 * the names, values, privileges and comments of the old table's.
 */
final class PostgresIdentity {
  private static final String SEQUENCES =
      """
      SELECT a.attname, n.nspname, s.relname, s.oid, s.relacl IS NOT NULL AS granted
      FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      JOIN pg_namespace n ON n.oid = s.relnamespace
      JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
      WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = ?::text::regclass AND d.deptype = 'i'
      """;

  private static final String GRANTS =
      """
      SELECT format('GRANT %s ON SEQUENCE %s TO %s%s', g.privilege_type, ?::text,
        CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
        CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM pg_class s, aclexplode(s.relacl) g WHERE s.oid = ?::text::regclass
      UNION ALL
      SELECT format('COMMENT ON SEQUENCE %s IS %L', s.name, obj_description(s.id, 'pg_class'))
      FROM (SELECT ?::text AS name, ?::text::regclass::oid AS id) s
      WHERE obj_description(s.id, 'pg_class') IS NOT NULL
      """;

  private final Connection connection;

  PostgresIdentity(Connection connection) {
    this.connection = connection;
  }

  private record Sequence(String column, String schema, String name) {
    String identifier() {
      return PostgresNames.identifier(schema) + "." + PostgresNames.identifier(name);
    }
  }

  /** What to run once the old table is gone and the new one has its name. */
  List<String> statements(String old, String replacement) throws SQLException {
    List<String> statements = new ArrayList<>();
    List<Sequence> fresh = sequences(replacement);
    for (Sequence sequence : sequences(old)) {
      Sequence now =
          fresh.stream()
              .filter(s -> s.column().equals(sequence.column()))
              .findFirst()
              .orElseThrow();
      statements.add(
          "ALTER SEQUENCE "
              + now.identifier()
              + " RENAME TO "
              + PostgresNames.identifier(sequence.name()));
      statements.add(
          Postgres.text(
              connection,
              "SELECT format('SELECT setval(%L, %s, %L)', "
                  + literal(sequence.identifier())
                  + ", last_value, is_called) FROM "
                  + sequence.identifier()));
      statements.addAll(grantsAndComment(sequence.identifier()));
    }
    return statements;
  }

  private static String literal(String text) {
    return io.distributary.core.relation.Names.literal(text);
  }

  private List<Sequence> sequences(String table) throws SQLException {
    List<Sequence> sequences = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SEQUENCES)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sequences.add(new Sequence(row.getString(1), row.getString(2), row.getString(3)));
        }
      }
    }
    return sequences;
  }

  private List<String> grantsAndComment(String sequence) throws SQLException {
    List<String> grants = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(GRANTS)) {
      statement.setString(1, sequence);
      statement.setString(2, sequence);
      statement.setString(3, sequence);
      statement.setString(4, sequence);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          grants.add(row.getString(1));
        }
      }
    }
    return grants;
  }
}
