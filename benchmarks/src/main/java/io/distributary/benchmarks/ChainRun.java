package io.distributary.benchmarks;

import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The quickstart's stack: a real broker, a real worker with 512 MB of heap, its configurations. */
final class ChainRun implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Checkout checkout = Checkout.around(Path.of(""));
  private final Stack stack;

  ChainRun(Path directory) {
    Broker broker = Broker.onFreePorts(checkout.broker(), directory.resolve("kafka"));
    WorkerSettings settings =
        WorkerSettings.of(checkout.worker(), checkout.plugins()).withHeapMegabytes(512);
    stack =
        Stack.start(
            broker, new Worker(settings, directory.resolve("connect"), broker.bootstrapServers()));
  }

  void replicate(String name, Path source, Path replica) {
    Path configs = checkout.root().resolve("connector-configs");
    put(
        configs.resolve("sqlite-source-transaction.json"),
        name,
        source,
        Map.of("topic.prefix", name));
    put(
        configs.resolve("sqlite-sink.json"),
        name + "-sink",
        replica,
        Map.of("topics.regex", name + "\\..*"));
    stack.connect().awaitRunning(name, LIMIT);
    stack.connect().awaitRunning(name + "-sink", LIMIT);
  }

  void end(String name) {
    stack.connect().delete(name);
    stack.connect().delete(name + "-sink");
  }

  private void put(Path file, String name, Path database, Map<String, String> more) {
    Map<String, String> settings = new java.util.HashMap<>(more);
    settings.put("name", name);
    settings.put("connection.url", "jdbc:sqlite:" + database);
    stack.connect().put(file, settings);
  }

  @Override
  public void close() {
    stack.close();
  }
}
