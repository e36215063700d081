package io.distributary.source.sqlite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Whatever is done to tables of every kind, by whichever connection and however it ends: a consumer
 * that applies the slices has the source's rows.
 */
class CaptureConvergenceTest {
  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE a(id INTEGER PRIMARY KEY, u UNIQUE, v TEXT, w AS (v || 'w') STORED)",
          "CREATE TABLE b(k TEXT COLLATE NOCASE PRIMARY KEY, u TEXT COLLATE NOCASE UNIQUE, v INT"
              + " NOT NULL DEFAULT 7)",
          "CREATE TABLE c(u, v TEXT, k, PRIMARY KEY(k, v)) WITHOUT ROWID",
          "CREATE TABLE d(k, v, u INT NOT NULL DEFAULT 3)",
          "CREATE TABLE e(k, v, u, PRIMARY KEY(k, v))",
          "CREATE TABLE f(k INTEGER PRIMARY KEY REFERENCES a(id) ON DELETE CASCADE ON UPDATE"
              + " CASCADE, u REAL UNIQUE, v)",
          "CREATE UNIQUE INDEX a1 ON a(lower(v))",
          "CREATE UNIQUE INDEX c1 ON c(u) WHERE u > 2",
          "CREATE UNIQUE INDEX d1 ON d(u, v)",
          "CREATE UNIQUE INDEX e1 ON e(u COLLATE NOCASE)",
          "CREATE TRIGGER ad AFTER DELETE ON a BEGIN INSERT OR REPLACE INTO d(k, v) VALUES (OLD.u,"
              + " OLD.v); END",
          "CREATE TRIGGER bi BEFORE INSERT ON b BEGIN UPDATE OR IGNORE a SET v = NEW.k WHERE id ="
              + " NEW.v; END");

  @Property(tries = 60)
  void consumersConverge(@ForAll long seed, @ForAll @IntRange(max = 2) int mode) throws Exception {
    Path directory = Files.createTempDirectory("converge");
    Random random = new Random(seed);
    try (SourceFixture source =
        new SourceFixture(directory, List.of("WAL", "DELETE", "PERSIST").get(mode))) {
      source.settings =
          source
              .settings
              .slices(1 + random.nextInt(4), 1 + random.nextInt(200))
              .snapshots(SnapshotMode.INITIAL, random.nextBoolean(), random.nextBoolean())
              .copies(directory);
      source.sql(TABLES.toArray(String[]::new));
      try (Connection second = source.connect();
          Connection third = source.connect()) {
        run(random, second);
        source.start();
        for (int round = 0; round < 12; round++) {
          for (int i = random.nextInt(4); i >= 0; i--) {
            run(random, List.of(source.writer, second, third).get(random.nextInt(3)));
          }
          disturb(random, source);
          source.slices();
          source.assertConverged();
        }
      }
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  /** What happens beside the transactions: crashes inside a unit, vacuums, schema changes. */
  private static void disturb(Random random, SourceFixture source) throws Exception {
    switch (random.nextInt(10)) {
      case 0 -> source.restart();
      case 1 -> {
        // Slices taken after the last whole transaction are lost with the crash.
        source.capture.poll(java.time.Duration.ZERO);
        source.restart();
      }
      case 2 -> source.sql("VACUUM");
      case 3 ->
          source.capture.requestSnapshot("abcdef".substring(random.nextInt(5)).substring(0, 1));
      case 4 -> source.sql("CREATE INDEX IF NOT EXISTS i" + random.nextInt(3) + " ON e(v)");
      case 5 ->
          source.capture.acknowledged(
              source.bookmark == null ? acknowledged(source) : source.bookmark);
      default -> {}
    }
  }

  private static java.util.Map<String, Object> acknowledged(SourceFixture source) throws Exception {
    source.slices();
    return source.bookmark;
  }

  private static void run(Random random, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA foreign_keys = " + random.nextInt(2));
      statement.execute("PRAGMA recursive_triggers = " + random.nextInt(2));
      statement.execute("BEGIN");
      for (int i = random.nextInt(8); i >= 0; i--) {
        if (random.nextInt(8) == 0) {
          statement.execute("SAVEPOINT s");
          attempt(statement, statement(random));
          statement.execute("ROLLBACK TO s");
        }
        attempt(statement, statement(random));
      }
      if (random.nextInt(5) == 0) {
        statement.execute("ROLLBACK");
      } else {
        attempt(statement, "COMMIT");
        attempt(statement, "ROLLBACK");
      }
    }
  }

  /** A violated constraint is as good as any other outcome. */
  @SuppressWarnings("EmptyCatch")
  private static void attempt(Statement statement, String sql) {
    try {
      statement.execute(sql);
    } catch (SQLException constraint) {
      // What counts is what the database then holds.
    }
  }

  private static String statement(Random random) {
    String table = "abcdef".substring(random.nextInt(6)).substring(0, 1);
    String key = table.equals("a") ? "id" : "k";
    String or = List.of("", "OR REPLACE ", "OR IGNORE ").get(random.nextInt(3));
    String column = List.of(key, "u", "v").get(random.nextInt(3));
    return switch (random.nextInt(9)) {
      case 0, 1, 2 ->
          "INSERT %sINTO %s(%s, u, v) VALUES (%s, %s, %s)"
              .formatted(or, table, key, value(random), value(random), value(random));
      case 3 ->
          "INSERT %sINTO %s(%s, u, v) SELECT %s, v, u FROM a LIMIT 3"
              .formatted(or, table, key, value(random));
      case 4, 5 ->
          "UPDATE %s%s SET %s = %s WHERE %s = %s"
              .formatted(or, table, column, value(random), key, value(random));
      case 6 -> "UPDATE %s%s SET u = v, v = u".formatted(or, table);
      case 7 -> "DELETE FROM %s WHERE %s > %s".formatted(table, column, value(random));
      default ->
          "INSERT INTO %s(%s, u, v) VALUES (%s, %s, %s) ON CONFLICT DO UPDATE SET v = excluded.u"
              .formatted(table, key, value(random), value(random), value(random));
    };
  }

  private static String value(Random random) {
    List<String> values =
        List.of(
            "1", "2", "3", "4", "1.0", "2.5", "'a'", "'A'", "'b'", "'1'", "NULL", "x'61'", "''");
    return values.get(random.nextInt(values.size()));
  }
}
