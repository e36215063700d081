package io.distributary.it;

import io.distributary.core.relation.Names;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

/** A SQLite source with a random schema, changed through several connections. */
final class RandomSqliteSource implements RandomSource {
  private static final List<String> KEYS =
      List.of(
          "\"id\" INTEGER PRIMARY KEY, %s",
          "\"id\" INTEGER PRIMARY KEY AUTOINCREMENT, %s",
          "\"id\" TEXT PRIMARY KEY, %s",
          "\"id\" PRIMARY KEY, %s",
          "\"id\" TEXT COLLATE NOCASE PRIMARY KEY, %s",
          "\"id\" INT NOT NULL, \"id 2\" TEXT NOT NULL, %s, PRIMARY KEY (\"id 2\", \"id\")",
          "\"id\" VARCHAR(20) NOT NULL, \"k\" BLOB, %s, PRIMARY KEY (\"id\", \"k\")",
          "\"id\" INTEGER, %s");
  private static final List<String> TYPES =
      List.of(
          "INTEGER",
          "TEXT",
          "REAL",
          "BLOB",
          "",
          "NUMERIC",
          "DECIMAL(10,2)",
          "BOOLEAN",
          "DATETIME",
          "VARCHAR(10)",
          "BIGINT",
          "DOUBLE PRECISION");
  private static final List<String> STRICT_TYPES =
      List.of("INTEGER", "TEXT", "REAL", "BLOB", "ANY", "INT");
  private static final List<String> NAMES =
      List.of("orders", "select", "a \"quoted\" name", "größe", "two words", "Mixed.Case-1", "o'x");

  private final Random random;
  private final boolean alters;
  private final List<Connection> connections = new ArrayList<>();
  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final List<Map<String, Content>> history = new ArrayList<>();

  /** A table that others may refer to, which takes a key of one column. */
  private String parent;

  /**
   * @param alters whether the schema changes, too
   */
  RandomSqliteSource(Path file, Random random, boolean wal, boolean alters) throws SQLException {
    this.random = random;
    this.alters = alters;
    for (int i = 0; i < 2; i++) {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      connections.add(connection);
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout = 20000");
        statement.execute("PRAGMA journal_mode = " + (wal ? "WAL" : "DELETE"));
        statement.execute("PRAGMA synchronous = OFF");
        statement.execute("PRAGMA foreign_keys = ON");
        statement.execute("PRAGMA recursive_triggers = " + (i == 0 ? "ON" : "OFF"));
      }
    }
    try (Statement statement = connections.get(0).createStatement()) {
      int tables = 1 + random.nextInt(3);
      for (int i = 0; i < tables; i++) {
        createTable(statement, NAMES.get((i * 3 + random.nextInt(3)) % NAMES.size()));
      }
    }
    remember();
  }

  private void createTable(Statement statement, String name) throws SQLException {
    if (columns.containsKey(name)) {
      return;
    }
    boolean strict = random.nextInt(6) == 0;
    List<String> types = strict ? STRICT_TYPES : TYPES;
    int width = 1 + random.nextInt(4);
    StringJoiner others = new StringJoiner(", ");
    for (int i = 0; i < width; i++) {
      others.add("c" + i + " " + pick(types));
    }
    if (random.nextInt(5) == 0) {
      others.add("g " + (strict ? "ANY" : "") + " GENERATED ALWAYS AS (c0 || 'x') STORED");
    }
    String key = strict ? KEYS.get(random.nextInt(2)) : pick(KEYS);
    boolean keyed = key.contains("PRIMARY KEY");
    boolean withoutRowid =
        keyed && !key.contains("AUTOINCREMENT") && !key.contains("BLOB") && random.nextInt(4) == 0;
    String body = key.formatted(others);
    if (parent != null && random.nextInt(3) == 0) {
      body +=
          ", FOREIGN KEY (c0) REFERENCES %s ON DELETE CASCADE ON UPDATE CASCADE"
              .formatted(Names.quoted(parent));
    } else if (random.nextInt(3) == 0) {
      body += ", UNIQUE (c0)";
    }
    StringJoiner options = new StringJoiner(", ");
    if (strict) {
      options.add("STRICT");
    }
    if (withoutRowid) {
      options.add("WITHOUT ROWID");
    }
    statement.execute("CREATE TABLE " + Names.quoted(name) + " (" + body + ") " + options);
    columns.put(name, width);
    if (key.startsWith("\"id\" TEXT PRIMARY") || key.startsWith("\"id\" INTEGER PRIMARY")) {
      parent = name;
    }
    if (random.nextInt(5) == 0) {
      statement.execute(
          "CREATE UNIQUE INDEX %s ON %s (lower(c0)) WHERE c0 IS NOT NULL"
              .formatted(Names.quoted("u " + name), Names.quoted(name)));
    }
    if (random.nextInt(5) == 0) {
      statement.execute(
          "CREATE TRIGGER %s AFTER INSERT ON %s BEGIN UPDATE %2$s SET c0 = c0 WHERE id IS NEW.id; END"
              .formatted(Names.quoted("t " + name), Names.quoted(name)));
    }
  }

  /** One random transaction: some statements, each of which may fail, then commit or rollback. */
  @Override
  public void transact() throws SQLException {
    Connection connection = pick(connections);
    if (alters && random.nextInt(40) == 0) {
      alter(connection);
      return;
    }
    connection.setAutoCommit(false);
    int statements = 1 + random.nextInt(random.nextInt(8) == 0 ? 30 : 5);
    for (int i = 0; i < statements; i++) {
      change(connection);
    }
    if (random.nextInt(6) == 0) {
      connection.rollback();
    } else {
      connection.commit();
    }
    connection.setAutoCommit(true);
    remember();
  }

  private void alter(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      if (random.nextBoolean()) {
        statement.execute("VACUUM");
      } else {
        String table = pick(List.copyOf(columns.keySet()));
        statement.execute(
            "ALTER TABLE %s ADD COLUMN c%d TEXT %s"
                .formatted(
                    Names.quoted(table),
                    columns.get(table),
                    random.nextBoolean() ? "DEFAULT 'd'" : ""));
        columns.merge(table, 1, Integer::sum);
      }
    }
    remember();
  }

  private void change(Connection connection) {
    String table = pick(List.copyOf(columns.keySet()));
    String name = Names.quoted(table);
    int kind = random.nextInt(20);
    try {
      if (kind < 9) {
        insert(connection, table, pick(List.of("", "OR REPLACE", "OR IGNORE", "OR REPLACE")), "");
      } else if (kind < 11) {
        insert(connection, table, "", " ON CONFLICT DO UPDATE SET c0 = excluded.c0");
      } else if (kind < 15) {
        String or = pick(List.of("", "OR REPLACE", "OR IGNORE"));
        run(connection, "UPDATE " + or + " " + name + " SET c0 = ?" + where());
      } else if (kind < 16) {
        run(connection, "UPDATE OR REPLACE " + name + " SET id = ?" + where());
      } else if (kind < 19) {
        run(connection, "DELETE FROM " + name + where());
      } else {
        run(connection, "DELETE FROM " + name);
      }
    } catch (SQLException e) {
      // A random statement may break a constraint; the transaction goes on without it.
      if (e.getMessage().contains("SQLITE_ERROR") || e.getMessage().contains("BUSY")) {
        throw new IllegalStateException(table + ": " + e.getMessage(), e);
      }
    }
  }

  private String where() {
    return random.nextInt(3) == 0 ? " WHERE id > ?" : " WHERE id = ?";
  }

  private void insert(Connection connection, String table, String or, String tail)
      throws SQLException {
    StringJoiner names = new StringJoiner(", ");
    StringJoiner values = new StringJoiner(", ");
    names.add("id");
    values.add("?");
    try (Statement statement = connection.createStatement()) {
      List<String> all = Content.columns(statement, table);
      if (all.contains("id 2")) {
        names.add("\"id 2\"");
        values.add("?");
      }
      if (all.contains("k")) {
        names.add("k");
        values.add("?");
      }
    }
    for (int i = 0; i < columns.get(table); i++) {
      names.add("c" + i);
      values.add("?");
    }
    run(
        connection,
        "INSERT %s INTO %s (%s) VALUES (%s)%s"
            .formatted(or, Names.quoted(table), names, values, tail));
  }

  private void run(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int parameters = (int) sql.chars().filter(c -> c == '?').count();
      for (int i = 1; i <= parameters; i++) {
        boolean key =
            (i == 1 && sql.startsWith("INSERT")) || (i == parameters && sql.contains("WHERE"));
        statement.setObject(i, key || sql.contains("SET id") ? key() : value());
      }
      statement.executeUpdate();
    }
  }

  /** Few keys, so that they meet often. */
  private Object key() {
    return switch (random.nextInt(8)) {
      case 0 -> "k" + random.nextInt(6);
      case 1 -> "K" + random.nextInt(6);
      case 2 -> random.nextInt(5) == 0 ? null : random.nextInt(4) + 0.0;
      case 3 -> random.nextInt(5) == 0 ? Long.MIN_VALUE : (Object) random.nextInt(4);
      default -> random.nextInt(12);
    };
  }

  private Object value() {
    return switch (random.nextInt(16)) {
      case 0 -> null;
      case 1 -> Long.MAX_VALUE;
      case 2 -> Long.MIN_VALUE;
      case 3 ->
          pick(
              List.of(
                  0.1, -0.0, 1e300, Double.MIN_VALUE, Double.POSITIVE_INFINITY, Double.NaN, 12.99));
      case 4 -> "";
      case 5 -> "nul\0inside";
      case 6 -> "ünï 🙂 \uFFFD";
      case 7 -> new byte[0];
      case 8 -> new byte[] {0, -1, 34, 39};
      case 9 -> "123";
      case 10 -> "1e5";
      case 11 -> "2026-11-21 12:00:00".getBytes(StandardCharsets.UTF_8);
      case 12 -> random.nextDouble();
      case 13 -> (1L << 53) + 1;
      default -> random.nextInt(10);
    };
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private void remember() throws SQLException {
    history.add(Content.read(connections.get(0), tableColumns()));
  }

  @Override
  public Map<String, List<String>> tableColumns() throws SQLException {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    try (Statement statement = connections.get(0).createStatement()) {
      for (String table : columns.keySet()) {
        tables.put(table, Content.columns(statement, table));
      }
    }
    return tables;
  }

  @Override
  public List<Map<String, Content>> history() {
    return history;
  }

  /** No transaction stays open between two calls. */
  @Override
  public void settle() {}

  @Override
  public void close() throws SQLException {
    for (Connection connection : connections) {
      connection.close();
    }
  }
}
