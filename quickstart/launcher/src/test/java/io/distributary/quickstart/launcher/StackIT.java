package io.distributary.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with a real broker and real workers. */
class StackIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Checkout CHECKOUT = Checkout.around(Path.of(""));

  @TempDir static Path directory;

  private static Stack stack;

  @BeforeAll
  static void start() {
    Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("broker"));
    stack = Stack.start(broker, worker(settings(CHECKOUT.worker()), broker));
  }

  @AfterAll
  static void stop() {
    stack.close();
  }

  private static WorkerSettings settings(Path lib) {
    return WorkerSettings.of(lib, List.of(Path.of("target/test-plugins")));
  }

  /** A connector of Kafka's own that reads a file with two lines. */
  private static Map<String, String> fileSource(String name) throws IOException {
    Path file = Files.writeString(directory.resolve(name + ".txt"), "one\ntwo\n");
    Map<String, String> config = new HashMap<>();
    config.put("connector.class", "FileStreamSourceConnector");
    config.put("file", file.toString());
    config.put("topic", name);
    return config;
  }

  private static Worker worker(WorkerSettings settings, Broker broker) {
    return new Worker(settings, directory.resolve("worker"), broker.bootstrapServers());
  }

  @Test
  void aConnectorSurvivesThatWorkerAndBrokerAreKilled() throws Exception {
    ConnectClient connect = stack.connect();
    Map<String, String> config = fileSource("survivor");
    connect.put("survivor", config);
    connect.awaitRunning("survivor", LIMIT);

    stack.worker().kill();
    assertThat(connect.healthy()).isFalse();
    stack.worker().start();
    stack.worker().awaitReady();
    connect.awaitRunning("survivor", LIMIT);

    stack.broker().kill();
    stack.broker().start();
    stack.broker().awaitReady();
    connect.restart("survivor");
    connect.awaitRunning("survivor", LIMIT);

    assertThat(connect.config("survivor")).containsAllEntriesOf(config);
    connect.delete("survivor");
    Await.until("deletion", LIMIT, () -> !connect.connectors().contains("survivor"));
  }

  @Test
  void aConnectorIsStoppedItsOffsetsChangedAndResumed() throws Exception {
    ConnectClient connect = stack.connect();
    connect.put("stoppable", fileSource("stoppable"));
    connect.awaitRunning("stoppable", LIMIT);

    connect.stop("stoppable");
    connect.awaitState("stoppable", "STOPPED", LIMIT);
    JsonNode offsets = connect.offsets("stoppable");
    assertThat(offsets).hasSize(1);
    ((ObjectNode) offsets.get(0).get("offset")).put("position", 3);
    assertThat(connect.alterOffsets("stoppable", offsets)).contains("altered");
    assertThat(connect.offsets("stoppable")).isEqualTo(offsets);
    assertThat(connect.resetOffsets("stoppable")).contains("reset");
    assertThat(connect.offsets("stoppable")).isEmpty();
    connect.resume("stoppable");
    connect.awaitRunning("stoppable", LIMIT);

    connect.pause("stoppable");
    connect.awaitState("stoppable", "PAUSED", LIMIT);
    connect.delete("stoppable");
  }

  @Test
  void validationNamesTheWrongKey() throws Exception {
    Map<String, String> config = fileSource("invalid");
    config.remove("topic");
    JsonNode answer = stack.connect().validate("FileStreamSourceConnector", config);
    assertThat(answer.path("error_count").asInt()).isPositive();
  }

  @Test
  void aFailedConnectorIsReportedWithItsReason() throws Exception {
    Map<String, String> config = fileSource("failing");
    config.put("value.converter", "org.apache.kafka.connect.converters.LongConverter");
    ConnectClient connect = stack.connect();
    connect.put("failing", config);

    assertThat(connect.awaitFailed("failing", LIMIT)).contains("LongConverter");
    assertThatThrownBy(() -> connect.awaitRunning("failing", LIMIT))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("failing failed")
        .hasMessageContaining("LongConverter");
    connect.delete("failing");
  }

  @Test
  void aConnectorsFileIsPostedAsItIs() throws Exception {
    ObjectMapper json = new ObjectMapper();
    Path file = directory.resolve("posted.json");
    json.writeValue(file.toFile(), Map.of("name", "posted", "config", fileSource("posted")));
    String name = stack.connect().put(file, Map.of("topic", "another"));
    stack.connect().awaitRunning(name, LIMIT);
    assertThat(name).isEqualTo("posted");
    assertThat(stack.connect().config(name)).containsEntry("topic", "another");
    stack.connect().delete(name);
  }

  @Test
  void aRefusedRequestSaysWhy() {
    assertThatThrownBy(() -> stack.connect().put("odd", Map.of("connector.class", "Missing")))
        .isInstanceOf(ConnectRestException.class)
        .hasMessageContaining("PUT /connectors/odd/config: HTTP 400")
        .hasMessageContaining("Missing");
    assertThat(stack.connect().status("odd")).isEmpty();
  }

  @Test
  void anOldAndAStandaloneWorkerRunOnTheSameBroker() throws Exception {
    WorkerSettings old = settings(CHECKOUT.oldestWorker()).withName("connect-3.9");
    WorkerSettings standalone =
        settings(CHECKOUT.worker()).withName("standalone").withMode(WorkerSettings.Mode.STANDALONE);
    try (Worker first = worker(old, stack.broker());
        Worker second = worker(standalone, stack.broker())) {
      first.start();
      second.start();
      first.awaitReady();
      second.awaitReady();

      assertThat(first.connect().connectors()).isEmpty();
      second.connect().put("alone", fileSource("alone"));
      second.connect().awaitRunning("alone", LIMIT);
    }
  }

  @Test
  void aTakenPortIsSaidClearly() {
    WorkerSettings settings = settings(CHECKOUT.worker()).withPort(stack.worker().url().getPort());
    try (Worker second = worker(settings, stack.broker())) {
      assertThatThrownBy(second::start)
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("Port " + settings.port() + " on 127.0.0.1 is taken")
          .hasMessageContaining("Connect worker");
    }
  }

  @Test
  void aWorkerThatEndsQuotesItsLog() {
    WorkerSettings wrong =
        settings(CHECKOUT.worker()).withName("wrong").with("value.converter", "no.such.Converter");
    try (Worker worker = worker(wrong, stack.broker())) {
      worker.start();
      assertThatThrownBy(worker::awaitReady)
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("ended with exit code")
          .hasMessageContaining("no.such.Converter");
    }
  }

  @Test
  void aMissingClasspathSaysHowToBuildIt() {
    Path missing = directory.resolve("missing");
    try (Broker broker = Broker.onFreePorts(missing, directory.resolve("other"))) {
      assertThatThrownBy(broker::start)
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining(missing.toString())
          .hasMessageContaining("./mvnw");
    }
  }

  @Test
  void nothingListensBeyondTheLoopbackAddress() throws Exception {
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    int brokerPort = Integer.parseInt(stack.broker().bootstrapServers().split(":")[1]);
    for (InetAddress address : others) {
      for (int port : List.of(brokerPort, stack.worker().url().getPort())) {
        assertThatThrownBy(() -> new Socket(address, port).close())
            .as("%s:%d", address, port)
            .isInstanceOf(IOException.class);
      }
    }
  }
}
