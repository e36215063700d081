package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever happens to a source, and wherever source and sink are stopped: after each of its commits
 * the replica equals a committed state of the source, never an older one than before, and in the
 * end the last; from SQLite to SQLite the {@code typeof()} of every value included.
 *
 * <p>Real tasks, real databases; between them the converter's bytes in memory, so that either side
 * can be stopped between any two records.
 */
class ConvergenceIT {
  /**
   * The same histories in each run, so that a build says what it said before; change it to seek.
   */
  private static final String SEED = "20261121";

  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final Duration REST_LIMIT = Duration.ofSeconds(60);

  private static Path directory;

  @BeforeContainer
  static void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("convergence");
  }

  @AfterContainer
  static void removeDirectory() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(path -> path.toFile().delete());
    }
  }

  @Property(tries = 40, seed = SEED, shrinking = ShrinkingMode.OFF)
  void aReplicaOfTransactionsIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    Run.sqlite(seed, Map.of("events", "transaction"));
  }

  @Property(tries = 40, seed = SEED, shrinking = ShrinkingMode.OFF)
  void aReplicaOfRowsIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    Run.sqlite(seed, Map.of("events", "row"));
  }

  @Property(tries = 40, seed = SEED, shrinking = ShrinkingMode.OFF)
  void withOneTopicTheWholeReplicaIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    String events = seed % 2 == 0 ? "row" : "transaction";
    Run.sqlite(seed, Map.of("events", events, "topic.layout", "source"));
  }

  @Property(tries = 8, seed = SEED, shrinking = ShrinkingMode.OFF)
  void aReplicaOfPostgresqlsLogIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    Run.postgresql(seed, "wal");
  }

  @Property(tries = 8, seed = SEED, shrinking = ShrinkingMode.OFF)
  void aReplicaOfPostgresqlByTriggersIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    Run.postgresql(seed, "trigger");
  }

  /** What a random run goes through: a source and a replica, and how they are connected. */
  private static final class Run {
    private final long seed;
    private final Random random;
    private final Map<String, String> sourceConfig;
    private final Map<String, String> sinkConfig;
    private final boolean together;

    /**
     * Whether tables may be compared with each other. Not while there are snapshots, which come
     * table by table: at the beginning, and when a table is read anew because its schema changed.
     */
    private final boolean settled;

    /** For each table (or for all, with one topic) the youngest state that the replica showed. */
    private final Map<String, Integer> shown = new HashMap<>();

    private RandomSource source;
    private Replica replica;
    private boolean installed;

    private Run(long seed, Map<String, String> settings) {
      this.seed = seed;
      this.random = new Random(seed);
      this.together = "source".equals(settings.get("topic.layout"));
      this.settled = together && random.nextInt(3) > 0;
      this.sourceConfig = new LinkedHashMap<>(settings);
      sourceConfig.put("name", "source");
      sourceConfig.put("topic.prefix", "canonical");
      sourceConfig.put("poll.interval.ms", "1");
      sourceConfig.put("batch.max.rows", Integer.toString(1 + random.nextInt(6)));
      this.sinkConfig = new LinkedHashMap<>();
      sinkConfig.put("name", "sink");
      sinkConfig.put("auto.create", "true");
      sinkConfig.put("auto.evolve", "true");
      sinkConfig.put("snapshot.mode", random.nextBoolean() ? "swap" : "merge");
    }

    static void sqlite(long seed, Map<String, String> settings) throws Exception {
      Run run = new Run(seed, settings);
      Path place = Files.createTempDirectory(directory, "run");
      Path file = place.resolve("source.db");
      run.sourceConfig.put("connection.url", "jdbc:sqlite:" + file);
      run.source = new RandomSqliteSource(file, run.random, run.random.nextBoolean(), !run.settled);
      Path replica = place.resolve("replica.db");
      run.run("jdbc:sqlite:" + replica, columns -> read(replica, columns));
    }

    static void postgresql(long seed, String capture) throws Exception {
      Map<String, String> settings = new HashMap<>();
      settings.put("events", seed % 2 == 0 ? "row" : "transaction");
      settings.put("topic.layout", seed % 3 == 0 ? "source" : "table");
      Run run = new Run(seed, settings);
      String url = PostgresServer.shared().createDatabase();
      run.sourceConfig.put("connection.url", url);
      run.sourceConfig.put("capture", capture);
      run.sourceConfig.put("slot.name", url.replaceAll(".*/([^?]+).*", "$1"));
      run.sourceConfig.put("heartbeat.interval.ms", "200");
      run.sourceConfig.put(
          "transaction.memory.bytes", run.random.nextBoolean() ? "2000" : "1000000");
      String signals = (capture.equals("trigger") ? "distributary." : "") + "distributary_signal";
      run.source = new RandomPostgresSource(url, run.random, !run.settled, signals);
      String target = PostgresServer.shared().createDatabase();
      try (Connection connection = DriverManager.getConnection(target)) {
        run.run(target, columns -> read(connection, columns));
      }
    }

    private static Map<String, Content> read(Path file, Map<String, List<String>> columns)
        throws SQLException {
      if (!Files.exists(file)) {
        return Map.of();
      }
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
        return Content.read(connection, columns);
      }
    }

    /** A table to which a unit under way adds a column is locked: its readers wait for the unit. */
    private static Map<String, Content> read(
        Connection connection, Map<String, List<String>> columns) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET lock_timeout = '50ms'");
        return Content.read(connection, columns);
      } catch (SQLException e) {
        if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
          return Map.of();
        }
        throw e;
      }
    }

    private void run(String url, Replica target) throws Exception {
      replica = target;
      sinkConfig.put("connection.url", url);
      KafkaLog kafka = new KafkaLog();
      try (SourceRunner capture = new SourceRunner(sourceConfig, kafka, random);
          SinkRunner sink = new SinkRunner(sinkConfig, kafka, random)) {
        if (settled) {
          drain(capture, sink);
          // Else a crash would begin again with the snapshots.
          capture.flush();
        }
        for (int i = 0; i < 60; i++) {
          step(capture, sink);
        }
        source.settle();
        drain(capture, sink);
        assertThat(Content.present(contents(), last().keySet()))
            .as("the replica in the end, seed %d, %s", seed, sourceConfig)
            .isEqualTo(Content.present(last(), last().keySet()));
      } finally {
        source.close();
      }
    }

    private Map<String, Content> last() {
      return source.history().get(source.history().size() - 1);
    }

    private void step(SourceRunner capture, SinkRunner sink) throws Exception {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> source.transact();
        case 4, 5, 6 -> poll(capture);
        case 7 -> {
          if (random.nextInt(3) == 0) {
            settleAtFirst();
            capture.crash();
          }
        }
        case 8 -> {
          if (random.nextInt(3) == 0) {
            sink.close();
          }
        }
        default -> {
          sink.step(1 + random.nextInt(20));
          check();
        }
      }
    }

    private int poll(SourceRunner capture) throws Exception {
      settleAtFirst();
      return capture.step();
    }

    /** What a capture installs must not wait for a transaction that this thread left open. */
    private void settleAtFirst() throws SQLException {
      if (!installed) {
        source.settle();
        installed = true;
      }
    }

    private void drain(SourceRunner capture, SinkRunner sink) throws Exception {
      int quiet = 0;
      long deadline = System.nanoTime() + REST_LIMIT.toNanos();
      while (quiet < 5 && System.nanoTime() < deadline) {
        int moved = poll(capture) + sink.step(50);
        check();
        quiet = moved == 0 && sink.idle() && arrived() ? quiet + 1 : 0;
      }
      assertThat(quiet)
          .as(
              "the chain comes to rest, seed %d, %s: %s, not %s",
              seed, sourceConfig, contents(), last())
          .isEqualTo(5);
    }

    /** A server's log is decoded when it likes, so a poll that finds nothing tells nothing. */
    private boolean arrived() throws SQLException {
      Map<String, Content> contents = contents();
      Set<String> tables = last().keySet();
      return contents.keySet().equals(tables)
          && Content.present(contents, tables).equals(Content.present(last(), tables));
    }

    /** The replica shows a committed state of the source, and none that is older than before. */
    private void check() throws SQLException {
      Map<String, Content> contents = contents();
      if (together && settled) {
        Set<String> tables = contents.keySet();
        check("all tables", Content.present(contents, tables), states(tables));
      } else if (!together) {
        contents.forEach((table, content) -> check(table, content, states(table)));
      }
    }

    private List<Map<String, Content>> states(Set<String> tables) {
      return source.history().stream().map(state -> Content.present(state, tables)).toList();
    }

    private List<Content> states(String table) {
      return source.history().stream().map(state -> state.get(table)).toList();
    }

    /** What is seen must be a state, and none from before the one that was seen last. */
    private <T> void check(String what, T seen, List<T> history) {
      int oldest = shown.getOrDefault(what, 0);
      int state = history.subList(oldest, history.size()).indexOf(seen);
      assertThat(state)
          .as(
              "%s in the replica is a committed state of the source, not older than before: %s,"
                  + " seed %d, %s",
              what, seen, seed, sourceConfig)
          .isNotNegative();
      shown.put(what, oldest + state);
    }

    private Map<String, Content> contents() throws SQLException {
      return replica.contents(source.tableColumns());
    }
  }

  /** The database that the sink writes, as others see it; empty while nothing is to be seen. */
  private interface Replica {
    Map<String, Content> contents(Map<String, List<String>> columns) throws SQLException;
  }
}
