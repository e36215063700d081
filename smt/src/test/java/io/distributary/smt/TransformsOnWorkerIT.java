package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The transforms in a real worker, loaded from their plugin directory, around Kafka's own
 * connectors.
 */
class TransformsOnWorkerIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final Checkout CHECKOUT = Checkout.around(Path.of(""));

  @TempDir static Path directory;

  private static Worker worker;
  private static Stack stack;

  @BeforeAll
  static void start() {
    TestCassandra.node();
    Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("broker"));
    worker =
        new Worker(
            WorkerSettings.of(
                CHECKOUT.worker(),
                List.of(Path.of("target/plugin"), Path.of("target/test-plugins"))),
            directory.resolve("worker"),
            broker.bootstrapServers());
    stack = Stack.start(broker, worker);
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  @Test
  void largeRecordsGoAroundKafkaThroughADirectory() throws IOException {
    roundTrip(
        "file", Map.of("store", "file", "file.directory", directory.resolve("claims").toString()));
  }

  @Test
  void largeRecordsGoAroundKafkaThroughCassandra() throws IOException {
    roundTrip("cassandra", TestCassandra.config());
  }

  private static void roundTrip(String name, Map<String, String> store) throws IOException {
    List<String> lines = lines();
    Path source = Files.write(directory.resolve(name + "-source.txt"), lines);
    Path sink = directory.resolve(name + "-sink.txt");

    worker.connect().put(name + "-source", source(name, source, store));
    worker.connect().put(name + "-sink", sink(name, sink, store));

    Await.until("line of the " + name + " sink", LIMIT, () -> linesOf(sink).size() == lines.size());
    assertThat(linesOf(sink)).isEqualTo(lines);
  }

  /** Otherwise the records that follow would carry the source's offset past the dropped one. */
  @Test
  void toleratingAllErrorsDropsNothing() throws IOException {
    List<String> lines = lines();
    Path source = Files.write(directory.resolve("tolerant-source.txt"), lines);
    Path sink = directory.resolve("tolerant-sink.txt");
    Map<String, String> nobodyThere = TestCassandra.config();
    nobodyThere.put("cassandra.contact.points", "127.0.0.1:1");
    Map<String, String> tolerant = source("tolerant", source, nobodyThere);
    tolerant.put("errors.tolerance", "all");

    worker.connect().put("tolerant-source", tolerant);
    assertThat(worker.connect().awaitFailed("tolerant-source", LIMIT))
        .contains("errors.retry.timeout=-1");

    worker.connect().put("tolerant-source", source("tolerant", source, TestCassandra.config()));
    worker.connect().put("tolerant-sink", sink("tolerant", sink, TestCassandra.config()));
    Await.until("last line", LIMIT, () -> linesOf(sink).containsAll(lines));
    // Without exactly once, what had passed before the failure may come twice.
    assertThat(linesOf(sink).stream().distinct().toList()).isEqualTo(lines);
  }

  /** Lines of up to two megabytes, which Kafka would refuse. */
  private static List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lines.add("line " + i + " " + "x".repeat(i % 3 * 1_000_000));
    }
    return lines;
  }

  private static Map<String, String> source(String name, Path file, Map<String, String> store) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "FileStreamSourceConnector");
    config.put("file", file.toString());
    config.put("topic", name);
    config.put("transforms", "deposit");
    config.put("transforms.deposit.type", "io.distributary.smt.ClaimCheckDeposit");
    store.forEach((key, value) -> config.put("transforms.deposit." + key, value));
    return withSchemas(config);
  }

  private static Map<String, String> sink(String name, Path file, Map<String, String> store) {
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "FileStreamSinkConnector");
    config.put("file", file.toString());
    config.put("topics", name);
    config.put("transforms", "redeem");
    config.put("transforms.redeem.type", "io.distributary.smt.ClaimCheckRedeem");
    store.forEach((key, value) -> config.put("transforms.redeem." + key, value));
    return withSchemas(config);
  }

  private static Map<String, String> withSchemas(Map<String, String> config) {
    config.put("tasks.max", "1");
    config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    config.put("value.converter.schemas.enable", "true");
    return config;
  }

  private static List<String> linesOf(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
