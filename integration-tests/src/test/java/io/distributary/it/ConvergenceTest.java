package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
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
 * end the last, {@code typeof()} of every value included.
 *
 * <p>Real tasks, real SQLite files; between them the converter's bytes in memory, so that either
 * side can be stopped between any two records.
 */
class ConvergenceTest {
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

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void aReplicaOfTransactionsIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    new Run(seed, Map.of("events", "transaction")).run();
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void aReplicaOfRowsIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    new Run(seed, Map.of("events", "row")).run();
  }

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void withOneTopicTheWholeReplicaIsAlwaysACommittedState(@ForAll long seed) throws Exception {
    String events = seed % 2 == 0 ? "row" : "transaction";
    new Run(seed, Map.of("events", events, "topic.layout", "source")).run();
  }

  private static final class Run {
    private final long seed;
    private final Random random;
    private final Map<String, String> sourceConfig;
    private final Map<String, String> sinkConfig;
    private final Path replica;
    private final boolean together;

    /**
     * Whether tables may be compared with each other. Not while there are snapshots, which come
     * table by table: at the beginning, and when a table is read anew because its schema changed.
     */
    private final boolean settled;

    /** For each table (or for all, with one topic) the youngest state that the replica showed. */
    private final Map<String, Integer> shown = new HashMap<>();

    Run(long seed, Map<String, String> settings) throws IOException {
      this.seed = seed;
      this.random = new Random(seed);
      Path place = Files.createTempDirectory(directory, "run");
      this.replica = place.resolve("replica.db");
      this.together = "source".equals(settings.get("topic.layout"));
      this.settled = together && random.nextInt(3) > 0;
      this.sourceConfig = new LinkedHashMap<>(settings);
      sourceConfig.put("name", "source");
      sourceConfig.put("connection.url", "jdbc:sqlite:" + place.resolve("source.db"));
      sourceConfig.put("topic.prefix", "canonical");
      sourceConfig.put("poll.interval.ms", "1");
      sourceConfig.put("batch.max.rows", Integer.toString(1 + random.nextInt(6)));
      this.sinkConfig =
          Map.of(
              "name", "sink",
              "connection.url", "jdbc:sqlite:" + replica,
              "auto.create", "true",
              "auto.evolve", "true",
              "snapshot.mode", random.nextBoolean() ? "swap" : "merge");
    }

    void run() throws Exception {
      KafkaLog kafka = new KafkaLog();
      Path file = Path.of(sourceConfig.get("connection.url").substring("jdbc:sqlite:".length()));
      try (RandomSource source = new RandomSource(file, random, random.nextBoolean(), !settled);
          SourceRunner capture = new SourceRunner(sourceConfig, kafka, random);
          SinkRunner sink = new SinkRunner(sinkConfig, kafka, random)) {
        if (settled) {
          drain(source, capture, sink);
        }
        for (int i = 0; i < 60; i++) {
          step(source, capture, sink);
        }
        drain(source, capture, sink);
        Map<String, Content> end = source.history().get(source.history().size() - 1);
        assertThat(Content.present(replicaContents(source), end.keySet()))
            .as("the replica in the end, seed %d, %s", seed, sourceConfig)
            .isEqualTo(Content.present(end, end.keySet()));
      }
    }

    private void step(RandomSource source, SourceRunner capture, SinkRunner sink) throws Exception {
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> source.transact();
        case 4, 5, 6 -> capture.step();
        case 7 -> {
          if (random.nextInt(3) == 0) {
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
          check(source);
        }
      }
    }

    private void drain(RandomSource source, SourceRunner capture, SinkRunner sink)
        throws Exception {
      int quiet = 0;
      for (int i = 0; i < 2_000 && quiet < 5; i++) {
        int moved = capture.step() + sink.step(50);
        check(source);
        quiet = moved == 0 && sink.idle() ? quiet + 1 : 0;
      }
      assertThat(quiet).as("the chain comes to rest, seed %d", seed).isEqualTo(5);
    }

    /** The replica shows a committed state of the source, and none that is older than before. */
    private void check(RandomSource source) throws SQLException {
      if (!Files.exists(replica)) {
        return;
      }
      Map<String, Content> contents = replicaContents(source);
      if (together && settled) {
        Set<String> tables = contents.keySet();
        check("all tables", Content.present(contents, tables), states(source, tables));
      } else if (!together) {
        contents.forEach((table, content) -> check(table, content, states(source, table)));
      }
    }

    private static List<Map<String, Content>> states(RandomSource source, Set<String> tables) {
      return source.history().stream().map(state -> Content.present(state, tables)).toList();
    }

    private static List<Content> states(RandomSource source, String table) {
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

    private Map<String, Content> replicaContents(RandomSource source) throws SQLException {
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + replica)) {
        return Content.read(connection, source.tableColumns());
      }
    }
  }
}
