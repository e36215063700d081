package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.source.capture.Slice;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever happens, and wherever the capture is stopped, the replica comes to equal the source. */
class CaptureConvergenceTest {
  private static final int TRANSACTIONS = 80;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aReplicaConvergesOverRestarts(int seed) throws Exception {
    Random random = new Random(seed);
    try (SourceFixture source = SourceFixture.shared()) {
      source.settings =
          source
              .settings
              .slices(1 + random.nextInt(8), 1_000_000)
              .holding(random.nextBoolean() ? 0 : 2000, directory);
      Replica replica = new Replica();
      try (Writers writers = new Writers(source, random)) {
        source.start();
        for (int i = 0; i < TRANSACTIONS; i++) {
          writers.step();
          follow(source, replica, random);
        }
        writers.commitAll();
      }
      source.slices(replica);
      for (String table : List.of("a", "b", "c")) {
        assertThat(replica.rows("public." + table))
            .as("table %s, seed %d", table, seed)
            .containsExactlyInAnyOrderElementsOf(rows(source, table));
      }
    }
  }

  private static void follow(SourceFixture source, Replica replica, Random random)
      throws InterruptedException {
    for (int i = random.nextInt(6); i > 0; i--) {
      Slice slice = source.capture.poll(Duration.ofMillis(random.nextInt(8)));
      if (slice != null) {
        source.took(slice);
        if (slice.table() != null) {
          replica.take(slice);
        }
      }
    }
    int what = random.nextInt(30);
    if (what < 10 && source.bookmark != null) {
      source.capture.acknowledged(source.bookmark);
    } else if (what == 10) {
      source.capture.requestSnapshot("public." + "abc".charAt(random.nextInt(3)));
    } else if (what == 11) {
      source.restart();
      replica.forgetUnfinished();
    }
  }

  private static List<Map<String, Object>> rows(SourceFixture source, String table)
      throws SQLException {
    List<Map<String, Object>> rows = new ArrayList<>();
    try (Statement statement = source.writer.createStatement();
        ResultSet found = statement.executeQuery("SELECT * FROM " + table)) {
      while (found.next()) {
        Map<String, Object> row = new TreeMap<>();
        for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
          row.put(found.getMetaData().getColumnName(i), String.valueOf(found.getObject(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** Several connections with transactions that are open at the same time. */
  private static final class Writers implements AutoCloseable {
    private final List<Connection> connections = new ArrayList<>();
    private final Random random;
    private int columns;

    Writers(SourceFixture source, Random random) throws SQLException {
      this.random = random;
      source.sql(
          "CREATE TABLE a(id int PRIMARY KEY, t text, big text)",
          "CREATE TABLE b(id text, n int, t text, PRIMARY KEY (n, id))",
          "CREATE TABLE c(id int PRIMARY KEY, t text, big text)",
          "ALTER TABLE a ALTER big SET STORAGE EXTERNAL",
          "ALTER TABLE c REPLICA IDENTITY FULL",
          "INSERT INTO a SELECT i, 'first', repeat('x', 2500) FROM generate_series(1, 9) i");
      for (int i = 0; i < 3; i++) {
        Connection connection = source.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
          // Two that wait for each other go on.
          statement.execute("SET lock_timeout = '20ms'");
        }
        connection.commit();
        connections.add(connection);
      }
    }

    void step() throws SQLException {
      Connection connection = connections.get(random.nextInt(3));
      int statements = 1 + random.nextInt(4);
      boolean locks = false;
      for (int i = 0; i < statements; i++) {
        String change = change();
        // A snapshot waits for such a lock, and who holds it here waits for the capture.
        locks |= change.startsWith("TRUNCATE") || change.startsWith("ALTER");
        try (Statement statement = connection.createStatement()) {
          statement.execute("SAVEPOINT s");
          try {
            statement.execute(change);
          } catch (SQLException e) {
            statement.execute("ROLLBACK TO s"); // a key twice, or a lock of another
          }
        }
      }
      int end = random.nextInt(5);
      if (end == 0) {
        connection.rollback();
      } else if (end > 1 || locks) {
        connection.commit();
      } // else it stays open
    }

    private String change() {
      int id = random.nextInt(12);
      String text = random.nextInt(9) == 0 ? "NULL" : "'t" + random.nextInt(100) + "'";
      return switch (random.nextInt(16)) {
        case 0, 1 ->
            "INSERT INTO a(id, t, big) VALUES (%d, %s, repeat('%d', 2500))".formatted(id, text, id);
        case 2, 3 -> "UPDATE a SET t = %s WHERE id >= %d".formatted(text, id);
        case 4 -> "UPDATE a SET id = %d WHERE id = %d".formatted(random.nextInt(12), id);
        case 5 -> "DELETE FROM a WHERE id = " + id;
        case 6, 7 ->
            "INSERT INTO b(id, n, t) VALUES ('%d', %d, %s) ON CONFLICT (n, id) DO UPDATE SET t = 'u'"
                .formatted(id, id % 3, text);
        case 8 -> "UPDATE b SET n = n + 1 WHERE id = '%d'".formatted(id);
        case 9 -> "DELETE FROM b WHERE n = " + id % 3;
        case 10, 11 ->
            "INSERT INTO c(id, t, big) VALUES (%d, %s, repeat('z', 2500))".formatted(id, text);
        case 12 -> "UPDATE c SET t = %s, id = id + 20 WHERE id = %d".formatted(text, id);
        case 13 -> "TRUNCATE " + "abc".charAt(random.nextInt(3));
        case 14 -> "INSERT INTO c(id) SELECT i FROM generate_series(100, 150) i";
        default ->
            columns++ < 4
                ? "ALTER TABLE b ADD COLUMN x%d int".formatted(columns)
                : "DELETE FROM c WHERE id > 50";
      };
    }

    void commitAll() throws SQLException {
      for (Connection connection : connections) {
        connection.commit();
      }
    }

    @Override
    public void close() throws SQLException {
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }
}
