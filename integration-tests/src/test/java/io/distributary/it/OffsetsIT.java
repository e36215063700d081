package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.distributary.quickstart.launcher.ConnectClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connect's REST API for offsets moves both connectors, for they keep no other. */
class OffsetsIT {
  private static final String NAMES = "SELECT id, name FROM t ORDER BY id";

  @TempDir Path directory;

  @Test
  void aRewoundSinkAppliesAgainWhatItReadsAgain() throws Exception {
    Path source = source();
    Path replica = directory.resolve("replica.db");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "rewind", source)
        .sink("sqlite-sink", "rewind-sink", "rewind", replica);
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");
    Chain.run(source, "UPDATE t SET name = 'c' WHERE id = 2");
    Chain.awaitRows(replica, NAMES, "1|a", "2|c");

    stop(chain, "rewind-sink");
    Chain.run(replica, "DELETE FROM t");
    JsonNode sinkOffsets = chain.connect().offsets("rewind-sink");
    assertThat(sinkOffsets.get(0).path("offset").path("kafka_offset").asLong())
        // The snapshot is at 0, the commit of its Kafka transaction at 1, the change at 2.
        .as("what the consumer group shows is what the target holds")
        .isEqualTo(3);
    chain.connect().alterOffsets("rewind-sink", kafkaOffset("rewind.t", 0));
    chain.connect().resume("rewind-sink");
    chain.connect().awaitRunning("rewind-sink", Chain.LIMIT);
    Chain.awaitRows(replica, NAMES, "1|a", "2|c");

    stop(chain, "rewind-sink");
    Chain.run(replica, "DELETE FROM t");
    chain.connect().resetOffsets("rewind-sink");
    chain.connect().resume("rewind-sink");
    chain.connect().awaitRunning("rewind-sink", Chain.LIMIT);
    Chain.awaitRows(replica, NAMES, "1|a", "2|c");
    chain.end("rewind", "rewind-sink");
  }

  @Test
  void aResetSourceSnapshotsItsTablesAgain() throws Exception {
    Path source = source();
    Path replica = directory.resolve("replica.db");
    Chain chain = Chain.shared();
    chain
        .source("sqlite-source-transaction", "reset", source)
        .sink("sqlite-sink", "reset-sink", "reset", replica);
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");
    Chain.run(replica, "DELETE FROM t WHERE id = 1");

    stop(chain, "reset");
    chain.connect().resetOffsets("reset");
    chain.connect().resume("reset");
    Chain.awaitRows(replica, NAMES, "1|a", "2|b");
    chain.end("reset", "reset-sink");
  }

  private Path source() throws Exception {
    Path source = directory.resolve("source.db");
    Chain.run(
        source,
        "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    return source;
  }

  private static void stop(Chain chain, String connector) {
    ConnectClient connect = chain.connect();
    connect.stop(connector);
    connect.awaitState(connector, "STOPPED", Chain.LIMIT);
  }

  private static JsonNode kafkaOffset(String topic, long offset) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode place = json.objectNode();
    place.putObject("partition").put("kafka_topic", topic).put("kafka_partition", 0);
    place.putObject("offset").put("kafka_offset", offset);
    return json.arrayNode().add(place);
  }
}
