package io.distributary.quickstart.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Kafka broker of one node as a child JVM. It keeps its ports and its directory when it is
 * started again. Not thread-safe.
 */
public final class Broker implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final String FENCED = "because its session has timed out";

  private final Path lib;
  private final Path directory;
  private final int port;
  private final int controllerPort;
  private ChildJvm jvm;

  private Broker(Path lib, Path directory, int port, int controllerPort) {
    this.lib = lib;
    this.directory = directory.toAbsolutePath();
    this.port = port;
    this.controllerPort = controllerPort;
  }

  /**
   * A broker that is not started yet, on the given ports.
   *
   * @param lib its classpath, {@link Checkout#broker}
   * @param directory holds its data, configuration and log; created when absent
   */
  public static Broker on(Path lib, Path directory, int port, int controllerPort) {
    return new Broker(lib, directory, port, controllerPort);
  }

  /** As {@link #on}, with ports that are free now. */
  public static Broker onFreePorts(Path lib, Path directory) {
    int[] ports = Ports.free(2);
    return new Broker(lib, directory, ports[0], ports[1]);
  }

  /**
   * Starts it, for the first time or again, and returns at once.
   *
   * @throws LaunchException when a port is taken
   */
  public void start() {
    Ports.requireFree(port, "broker");
    Ports.requireFree(controllerPort, "broker's controller");
    forgetReady();
    jvm = run("broker", writeProperties(), log());
  }

  private ChildJvm run(String name, Path properties, Path log) {
    return ChildJvm.start(
        new ChildJvm.Command(
            name,
            lib,
            List.of(
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:+ExitOnOutOfMemoryError"),
            "io.distributary.quickstart.broker.BrokerMain",
            List.of(properties.toString(), readyFile().toString()),
            log));
  }

  private Path writeProperties() {
    return PropertiesFile.write(directory.resolve("broker.properties"), properties());
  }

  private Map<String, String> properties() {
    return Map.ofEntries(
        Map.entry("process.roles", "broker,controller"),
        Map.entry("node.id", "1"),
        Map.entry("controller.quorum.voters", "1@" + Ports.HOST + ":" + controllerPort),
        Map.entry(
            "listeners",
            "PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d"
                .formatted(Ports.HOST, port, controllerPort)),
        Map.entry("controller.listener.names", "CONTROLLER"),
        Map.entry("inter.broker.listener.name", "PLAINTEXT"),
        Map.entry("log.dirs", directory.resolve("data").toString()),
        Map.entry("offsets.topic.replication.factor", "1"),
        Map.entry("offsets.topic.num.partitions", "1"),
        Map.entry("transaction.state.log.replication.factor", "1"),
        Map.entry("transaction.state.log.min.isr", "1"),
        Map.entry("transaction.state.log.num.partitions", "1"),
        Map.entry("group.initial.rebalance.delay.ms", "0"),
        Map.entry("log.cleaner.dedupe.buffer.size", "2097152"),
        // Workers and their consumers ask for short sessions, see Worker.
        Map.entry("group.min.session.timeout.ms", "1000"),
        // After a kill the broker's old session has to end before it may register again; a broker
        // that is merely slow, on a busy machine, must not be taken for dead.
        Map.entry("broker.session.timeout.ms", "6000"),
        Map.entry("broker.heartbeat.interval.ms", "500"));
  }

  private Path readyFile() {
    return directory.resolve("ready");
  }

  private void forgetReady() {
    try {
      Files.deleteIfExists(readyFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns when it takes requests.
   *
   * @throws LaunchException with the end of its log, when it does not
   */
  public void awaitReady() {
    jvm.awaitReady(READY_LIMIT, () -> Files.exists(readyFile()));
  }

  /** What clients need to connect: host and port. */
  public String bootstrapServers() {
    return Ports.HOST + ":" + port;
  }

  /** The file that all it writes goes to. */
  public Path log() {
    return directory.resolve("broker.log");
  }

  /** The started broker's process id. */
  public long pid() {
    return jvm.pid();
  }

  /** Kills it (kill -9); {@link #start} brings it back. */
  public void kill() {
    jvm.kill();
  }

  /**
   * Lets the controller notice that a killed broker is gone, before {@link #start} brings it back:
   * as in a cluster whose controllers live on. Takes some seconds.
   *
   * <p>Otherwise the broker that comes back is taken for the old one until the session of that has
   * ended, and its partitions have no leader for a moment then. Kafka takes such a partition for a
   * deleted one, and drops the markers of the transactions that were about to end when the broker
   * was killed: who reads committed records only then waits for ever.
   *
   * @throws LaunchException with the end of its log, when it does not notice
   */
  public void awaitFenced() {
    Map<String, String> properties = new HashMap<>(properties());
    properties.put("process.roles", "controller");
    properties.put("listeners", "CONTROLLER://" + Ports.HOST + ":" + controllerPort);
    properties.remove("inter.broker.listener.name");
    properties.put("broker.session.timeout.ms", "1000"); // no broker is there to be slow
    Path file = PropertiesFile.write(directory.resolve("controller.properties"), properties);
    Path log = directory.resolve("controller.log");
    try {
      Files.deleteIfExists(log);
      ChildJvm controller = run("controller", file, log);
      controller.awaitReady(READY_LIMIT, () -> read(log).contains(FENCED));
      controller.stop(); // in order, for it logs what it decides before that is on the disk
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Shuts it down in order; {@link #start} brings it back. */
  public void stop() {
    if (jvm != null) {
      jvm.stop();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
