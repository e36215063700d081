package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A table made like another one, to take its place. */
final class PostgresReplacement implements Dialect.Replacement {
  private final Connection connection;
  private final String old;
  private final String identifier;
  private final PostgresTableScript script;

  private PostgresReplacement(Connection connection, String old, String identifier) {
    this.connection = connection;
    this.old = old;
    this.identifier = identifier;
    this.script = new PostgresTableScript(connection, old, identifier);
  }

  static PostgresReplacement create(Connection connection, Relation relation) throws SQLException {
    String old = relation.identifier();
    // In the same schema; in a name of our own, as there may be no room for more in the old one.
    String name =
        Postgres.text(
            connection,
            "SELECT format('%I.%I', n.nspname, 'distributary_snapshot_' || c.oid) FROM pg_class c"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = "
                + io.distributary.core.relation.Names.literal(old)
                + "::regclass");
    PostgresReplacement replacement = new PostgresReplacement(connection, old, name);
    replacement.execute(replacement.script.create());
    return replacement;
  }

  @Override
  public String identifier() {
    return identifier;
  }

  @Override
  public void complete() throws SQLException {
    for (String statement : script.build()) {
      execute(statement);
    }
    execute("ANALYZE " + identifier);
  }

  @Override
  public void takePlace() throws SQLException {
    PostgresDefinitions definitions = new PostgresDefinitions(connection);
    definitions.lock(old);
    List<String> last =
        new ArrayList<>(new PostgresIdentity(connection).statements(old, identifier));
    last.addAll(script.finish());
    for (String statement : script.keep()) {
      execute(statement);
    }
    String name =
        Postgres.text(
            connection,
            "SELECT quote_ident(relname) FROM pg_class WHERE oid = "
                + io.distributary.core.relation.Names.literal(old)
                + "::regclass");
    definitions.execute("DROP TABLE " + old);
    execute("ALTER TABLE " + identifier + " RENAME TO " + name);
    for (String statement : last) {
      execute(statement);
    }
  }

  @Override
  public void drop() throws SQLException {
    execute("DROP TABLE " + identifier);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
