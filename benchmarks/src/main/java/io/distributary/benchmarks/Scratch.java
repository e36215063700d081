package io.distributary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/** A directory for one measurement, and the table that most of them use. */
record Scratch(Path directory) implements AutoCloseable {
  static final String TABLE =
      "CREATE TABLE items (id INTEGER PRIMARY KEY, code TEXT, name TEXT, price REAL, stock INTEGER,"
          + " note TEXT)";
  static final int COLUMNS = 6;

  static Scratch make() throws IOException {
    return new Scratch(Files.createTempDirectory("benchmark"));
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  /** A connection with the settings that our sink uses, too. */
  static Connection open(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = NORMAL");
      statement.execute("PRAGMA busy_timeout = 20000");
    }
    return connection;
  }

  /** A database with that many items, about 100 bytes each. */
  Path items(String name, int rows) throws SQLException {
    Path file = file(name);
    try (Connection connection = open(file);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(TABLE);
      insert(connection, 1, rows);
      connection.commit();
    }
    return file;
  }

  /** Inserts items from one id on, in the open transaction, a statement each. */
  static void insert(Connection connection, int first, int rows) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)")) {
      for (int id = first; id < first + rows; id++) {
        Object[] item = item(id, 0);
        for (int i = 0; i < COLUMNS; i++) {
          insert.setObject(i + 1, item[i]);
        }
        insert.executeUpdate();
      }
    }
  }

  /** The values of an item; another revision has another price and stock. */
  static Object[] item(long id, int revision) {
    return new Object[] {
      id,
      "CODE-" + (10_000_000 + id),
      "A name of some thirty characters " + id % 1_000,
      (id * 31 + revision) % 10_000 / 100.0,
      (id * 17 + revision) % 500,
      "a note about the item, " + id % 97
    };
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
    }
  }
}
