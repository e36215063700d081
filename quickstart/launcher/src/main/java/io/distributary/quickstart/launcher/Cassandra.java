package io.distributary.quickstart.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A Cassandra node as a child JVM, for the claim check. It keeps its ports and its directory when
 * it is started again. Not thread-safe.
 */
public final class Cassandra implements AutoCloseable {

  /** The only datacenter of a node that is told of none. */
  public static final String DATACENTER = "datacenter1";

  private static final Duration READY_LIMIT = Duration.ofMinutes(2);

  /** What Cassandra 5.0's own start script gives to a JVM of version 17. */
  private static final List<String> MODULE_FLAGS =
      List.of(
          "-Djdk.attach.allowAttachSelf=true",
          "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.management.rmi/com.sun.jmx.remote.internal.rmi=ALL-UNNAMED",
          "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
          "--add-exports=java.rmi/sun.rmi.server=ALL-UNNAMED",
          "--add-exports=java.sql/java.sql=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.module=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.reflect=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.math=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.module=ALL-UNNAMED",
          "--add-opens=java.base/jdk.internal.util.jar=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
          "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
          "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED");

  private static final List<String> SIZE_FLAGS =
      List.of(
          "-Xms64m",
          "-Xmx512m",
          "-XX:MaxDirectMemorySize=256m",
          "-Xss512k",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError");

  private final Path lib;
  private final Path directory;
  private final int port;
  private final int storagePort;
  private final int tlsStoragePort;
  private String settings = "";
  private ChildJvm jvm;

  private Cassandra(Path lib, Path directory, int... ports) {
    this.lib = lib;
    this.directory = directory.toAbsolutePath();
    this.port = ports[0];
    this.storagePort = ports[1];
    this.tlsStoragePort = ports[2];
  }

  /**
   * A node that is not started yet, on the given ports.
   *
   * @param lib its classpath, {@link Checkout#cassandra}
   * @param directory holds its data, configuration and log; created when absent
   * @param port where clients connect
   */
  public static Cassandra on(
      Path lib, Path directory, int port, int storagePort, int tlsStoragePort) {
    return new Cassandra(lib, directory, port, storagePort, tlsStoragePort);
  }

  /** As {@link #on}, with ports that are free now. */
  public static Cassandra onFreePorts(Path lib, Path directory) {
    return new Cassandra(lib, directory, Ports.free(3));
  }

  /**
   * Gives it further settings, from its next start on.
   *
   * @param yaml lines of {@code cassandra.yaml}
   */
  public void configure(String yaml) {
    settings = yaml;
  }

  /**
   * Starts it, for the first time or again, and returns at once.
   *
   * @throws LaunchException when a port is taken
   */
  public void start() {
    Ports.requireFree(port, "Cassandra");
    Ports.requireFree(storagePort, "Cassandra's storage");
    jvm =
        ChildJvm.start(
            new ChildJvm.Command(
                "Cassandra",
                lib,
                Stream.of(SIZE_FLAGS, MODULE_FLAGS, properties()).flatMap(List::stream).toList(),
                "org.apache.cassandra.service.CassandraDaemon",
                List.of(),
                log()));
  }

  private List<String> properties() {
    return List.of(
        "-Dcassandra.config=" + writeConfig().toUri(),
        "-Dcassandra.storagedir=" + directory.resolve("data"),
        "-Dcassandra.native_transport_port=" + port,
        "-Dcassandra.storage_port=" + storagePort,
        "-Dcassandra.ssl_storage_port=" + tlsStoragePort,
        "-Dcassandra-foreground=true",
        // A single node has nobody to wait for.
        "-Dcassandra.skip_wait_for_gossip_to_settle=0",
        "-Dcassandra.ring_delay_ms=0",
        // Otherwise it measures this at every start, which takes a second.
        "-Dcassandra.memtable.row_overhead_size=200",
        "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
  }

  private Path writeConfig() {
    try {
      Files.createDirectories(directory.resolve("data"));
      return Files.writeString(
          directory.resolve("cassandra.yaml"),
          """
          # Written anew at every start.
          cluster_name: distributary
          num_tokens: 1
          partitioner: org.apache.cassandra.dht.Murmur3Partitioner
          listen_address: %1$s
          rpc_address: %1$s
          # A single node has no replicas, so what it acknowledges must be on its disk.
          commitlog_sync: batch
          endpoint_snitch: SimpleSnitch
          hinted_handoff_enabled: false
          seed_provider:
            - class_name: org.apache.cassandra.locator.SimpleSeedProvider
              parameters:
                - seeds: "%1$s:%2$d"
          """
                  .formatted(Ports.HOST, storagePort)
              + settings);
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
    jvm.awaitReady(READY_LIMIT, this::listens);
  }

  /** It opens its port to clients last. */
  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** What clients need to connect: host and port. */
  public String contactPoint() {
    return Ports.HOST + ":" + port;
  }

  /** The file that all it writes goes to. */
  public Path log() {
    return directory.resolve("cassandra.log");
  }

  /** The started node's process id. */
  public long pid() {
    return jvm.pid();
  }

  /** Whether it runs, ready or not. */
  public boolean alive() {
    return jvm != null && jvm.alive();
  }

  /** Kills it (kill -9); {@link #start} brings it back with all it had acknowledged. */
  public void kill() {
    jvm.kill();
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
