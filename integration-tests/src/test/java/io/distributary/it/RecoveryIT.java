package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in production, through the real chain. */
class RecoveryIT {
  private static final String TABLE = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)";
  private static final String NAMES = "SELECT id, name FROM t ORDER BY id";

  @TempDir Path directory;

  @Test
  void aSourceReplacedByAnOlderCopyThatWasWrittenToSinceIsSnapshottedAgain() throws Exception {
    Path source = directory.resolve("source.db");
    Path replica = directory.resolve("replica.db");
    Chain.run(source, TABLE, "INSERT INTO t VALUES (1, 'a')");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "restored", source)
        .sink("sqlite-sink", "restored-sink", "restored", replica);
    Chain.awaitRows(replica, NAMES, "1|a");
    Path copy = Files.copy(source, directory.resolve("copy.db"));
    Chain.run(source, "INSERT INTO t VALUES (2, 'lost')");
    Chain.awaitRows(replica, NAMES, "1|a", "2|lost");

    for (int i = 10; i < 20; i++) {
      Chain.run(copy, "INSERT INTO t VALUES (" + i + ", 'new')", "DELETE FROM t WHERE id < " + i);
    }
    Files.move(copy, source, StandardCopyOption.REPLACE_EXISTING);
    Chain.awaitRows(replica, NAMES, "19|new");
    chain.end("restored", "restored-sink");
  }

  @Test
  void theSignalTableAsksForASnapshotThatRepairsAReplica() throws Exception {
    Path source = directory.resolve("source.db");
    Path replica = directory.resolve("replica.db");
    Chain.run(source, TABLE, "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-row", "signalled", source)
        .sink("sqlite-sink", "signalled-sink", "signalled", replica);
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");
    Chain.run(replica, "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (9, 'stray')");
    Chain.run(
        source, "INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 't')");
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");
    chain.end("signalled", "signalled-sink");
  }

  @Test
  void aRowThatTheTargetRefusesGoesToTheDeadLetterQueueAndTheOthersArrive() throws Exception {
    Path source = directory.resolve("source.db");
    Path replica = directory.resolve("replica.db");
    Chain.run(source, TABLE);
    Chain.run(replica, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'bad'))");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "picky", source)
        .sink(
            "sqlite-sink-dead-letter-queue",
            "picky-sink",
            "picky",
            replica,
            "errors.deadletterqueue.topic.name",
            "picky-rejected");
    Chain.run(source, "INSERT INTO t VALUES (1, 'good'), (2, 'bad'), (3, 'fine')");
    Chain.awaitRows(replica, NAMES, "1|good", "3|fine");
    // The rejected change is a record like any other: a second sink reads it from its topic.
    Path rejected = directory.resolve("rejected.db");
    chain.sink(
        "sqlite-sink",
        "rejected-sink",
        "picky",
        rejected,
        "topics.regex",
        "picky-rejected",
        "start.without.history",
        "continue");
    Chain.awaitRows(rejected, NAMES, "2|bad");
    chain.end("picky", "picky-sink", "rejected-sink");
  }

  @Test
  void withoutADeadLetterQueueTheTaskStopsAndSaysWhatAndWhere() throws Exception {
    Path source = directory.resolve("source.db");
    Path replica = directory.resolve("replica.db");
    Chain.run(source, TABLE, "INSERT INTO t VALUES (1, 'good')");
    Chain.run(replica, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'bad'))");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "strict", source)
        .sink("sqlite-sink", "strict-sink", "strict", replica);
    Chain.awaitRows(replica, NAMES, "1|good");
    Chain.run(source, "INSERT INTO t VALUES (2, 'fine'), (3, 'bad')");
    assertThat(chain.connect().awaitFailed("strict-sink", Chain.LIMIT))
        .contains("strict.t")
        // The snapshot is at 0 and the commit of its Kafka transaction at 1.
        .contains("offset 2")
        .contains("CHECK constraint failed");
    Chain.awaitRows(replica, NAMES, "1|good");
    chain.end("strict", "strict-sink");
  }

  @Test
  void aSecondConnectorOnADatabaseIsRefusedUntilTheFirstIsDeleted() throws Exception {
    Path source = directory.resolve("source.db");
    Path replica = directory.resolve("replica.db");
    Chain.run(source, TABLE, "INSERT INTO t VALUES (1, 'a')");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "holder", source)
        .sink("sqlite-sink", "holder-sink", "holder", replica);
    Chain.awaitRows(replica, NAMES, "1|a");
    Path file = Chain.CHECKOUT.root().resolve("connector-configs/sqlite-source-row.json");
    Map<String, String> second =
        Map.of(
            "name", "second", "topic.prefix", "second", "connection.url", "jdbc:sqlite:" + source);
    chain.connect().put(file, second);
    assertThat(chain.connect().awaitFailed("second", Chain.LIMIT))
        .contains("is captured by the connector 'holder', which is running");
    Chain.run(source, "INSERT INTO t VALUES (2, 'b')");
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");

    chain.end("holder");
    chain.connect().restart("second");
    Path other = directory.resolve("other.db");
    chain.sink("sqlite-sink", "second-sink", "second", other);
    Chain.awaitRows(other, NAMES, "1|a", "2|b");
    chain.end("holder-sink", "second", "second-sink");
  }

  @Test
  void wrongSettingsAreToldOnTheirKeys() throws Exception {
    Path configs = Chain.CHECKOUT.root().resolve("connector-configs");
    Chain chain = Chain.shared();
    String missing = "jdbc:sqlite:" + directory.resolve("missing/source.db");
    assertThat(errors(chain, configs.resolve("sqlite-source-row.json"), "connection.url", missing))
        .containsOnlyKeys("connection.url");
    assertThat(errors(chain, configs.resolve("sqlite-sink.json"), "connection.url", missing))
        .containsOnlyKeys("connection.url");
    assertThat(errors(chain, configs.resolve("sqlite-sink.json"), "delete.mode", "perhaps"))
        .containsOnlyKeys("delete.mode");
  }

  private Map<String, String> errors(Chain chain, Path file, String key, String value) {
    Map<String, String> settings = new java.util.HashMap<>();
    settings.put("name", "wrong");
    settings.put("connection.url", "jdbc:sqlite:" + directory.resolve("target.db"));
    settings.put(key, value);
    JsonNode answer = chain.validate(file, settings);
    return Chain.errors(answer);
  }
}
