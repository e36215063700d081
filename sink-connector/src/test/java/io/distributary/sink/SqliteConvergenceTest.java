package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/** What must hold for every history, on real SQLite files. */
class SqliteConvergenceTest {
  private Path directory;

  @BeforeTry
  void make() throws IOException {
    directory = Files.createTempDirectory("sink");
  }

  @AfterTry
  void remove() throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private Map<String, String> config(String snapshots) {
    return Map.of(
        "name",
        "replica",
        "connection.url",
        url(),
        "auto.create",
        "true",
        "snapshot.mode",
        snapshots);
  }

  private String url() {
    return "jdbc:sqlite:" + directory.resolve("replica.db");
  }

  private FakeWorker worker(String snapshots) {
    SinkConfig config = new SinkConfig(config(snapshots));
    return new FakeWorker(() -> Targets.open(config.target()));
  }

  private Map<Long, Object> prices() throws SQLException {
    Map<Long, Object> rows = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url());
        var statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT id, price FROM prices")) {
      while (result.next()) {
        rows.put(result.getLong(1), result.getLong(2));
      }
    }
    return rows;
  }

  @Property(tries = 60)
  void randomHistoriesConverge(@ForAll long seed) throws SQLException {
    Random random = new Random(seed);
    RandomSource source = new RandomSource(random, "shop.prices", 10);
    FakeWorker worker =
        worker(random.nextBoolean() ? "swap" : "merge")
            .with(
                new Settings(
                    Duration.ofSeconds(60),
                    3,
                    Duration.ofMillis(1),
                    WithoutHistory.SNAPSHOT,
                    ClaimExpired.FAIL,
                    false));
    int there = 1;
    worker.holds(source.records().subList(0, there)).start();
    while (there < source.records().size()) {
      there = Math.min(source.records().size(), there + 1 + random.nextInt(8));
      worker.holds(source.records().subList(0, there));
      if (random.nextInt(4) == 0) {
        worker.delivery().close();
        worker.start();
      }
      worker.poll(1 + random.nextInt(7));
    }
    worker.drain(1 + random.nextInt(7));
    worker.delivery().close();

    assertThat(prices()).isEqualTo(source.last());
  }
}
