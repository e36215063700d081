package io.distributary.benchmarks;

import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.ConnectClient;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
    put(
        configs().resolve("sqlite-source-transaction.json"),
        name,
        "jdbc:sqlite:" + source,
        Map.of("topic.prefix", name));
    put(
        configs().resolve("sqlite-sink.json"),
        name + "-sink",
        "jdbc:sqlite:" + replica,
        Map.of("topics.regex", name + "\\..*"));
    stack.connect().awaitRunning(name, LIMIT);
    stack.connect().awaitRunning(name + "-sink", LIMIT);
  }

  /** From one PostgreSQL to another, whole transactions over all tables. */
  Replication replicate(Pgbench source, String target) {
    String name = "pgbench";
    put(
        configs().resolve("postgresql-source.json"),
        name,
        source.url(),
        Map.of(
            "connection.user", "postgres",
            "topic.prefix", name,
            "topic.layout", "source",
            "table.include.list", "public\\.pgbench_.*"));
    put(
        configs().resolve("postgresql-sink.json"),
        name + "-sink",
        target,
        Map.of("connection.user", "postgres", "topics.regex", name));
    stack.connect().awaitRunning(name, LIMIT);
    stack.connect().awaitRunning(name + "-sink", LIMIT);
    return new Chain(stack.connect(), List.of(name, name + "-sink"), new Pgbench(target));
  }

  private record Chain(ConnectClient connect, List<String> connectors, Pgbench replica)
      implements Replication {
    @Override
    public void off() {
      connectors.forEach(connect::pause);
      connectors.forEach(connector -> connect.awaitState(connector, "PAUSED", LIMIT));
    }

    @Override
    public void on() {
      connectors.forEach(connect::resume);
    }
  }

  void end(String name) {
    stack.connect().delete(name);
    stack.connect().delete(name + "-sink");
  }

  private Path configs() {
    return checkout.root().resolve("connector-configs");
  }

  private void put(Path file, String name, String url, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("name", name);
    settings.put("connection.url", url);
    stack.connect().put(file, settings);
  }

  @Override
  public void close() {
    stack.close();
  }
}
