package io.distributary.quickstart.launcher;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A Kafka Connect worker as a child JVM, of whatever version its classpath holds. It keeps its port
 * and its Connect cluster when it is started again. Not thread-safe.
 */
public final class Worker implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final String SESSION_MILLIS = "4000";
  private static final String HEARTBEAT_MILLIS = "1000";

  private final WorkerSettings settings;
  private final Path directory;
  private final String bootstrapServers;
  private final ConnectClient connect;
  private ChildJvm jvm;

  /**
   * A worker that is not started yet.
   *
   * @param directory holds its configuration and log; created when absent
   * @param bootstrapServers the broker, {@link Broker#bootstrapServers}
   */
  public Worker(WorkerSettings settings, Path directory, String bootstrapServers) {
    this.settings = settings;
    this.directory = directory.toAbsolutePath();
    this.bootstrapServers = bootstrapServers;
    this.connect = new ConnectClient(url());
  }

  /**
   * Starts it, for the first time or again, and returns at once. The broker may be still starting.
   *
   * @throws LaunchException when its port is taken
   */
  public void start() {
    Ports.requireFree(settings.port(), "Connect worker");
    Path file =
        PropertiesFile.write(directory.resolve(settings.name() + ".properties"), properties());
    jvm =
        ChildJvm.start(
            new ChildJvm.Command(
                "Connect worker",
                settings.lib(),
                List.of(
                    "-Xmx" + settings.heapMegabytes() + "m",
                    "-XX:+UseSerialGC",
                    "-XX:+ExitOnOutOfMemoryError"),
                settings.mode().mainClass(),
                List.of(file.toString()),
                log()));
  }

  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("listeners", url().toString());
    properties.put("rest.advertised.host.name", Ports.HOST);
    // After a kill, sinks start anew only when the session of their old consumer has ended.
    properties.put("consumer.session.timeout.ms", SESSION_MILLIS);
    properties.put("consumer.heartbeat.interval.ms", HEARTBEAT_MILLIS);
    properties.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
    properties.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
    properties.put("plugin.discovery", "service_load");
    properties.put(
        "plugin.path",
        settings.pluginPath().stream()
            .map(path -> path.toAbsolutePath().toString())
            .collect(Collectors.joining(",")));
    properties.putAll(
        switch (settings.mode()) {
          case DISTRIBUTED -> distributed(settings.name());
          case STANDALONE ->
              Map.of(
                  "offset.storage.file.filename",
                  directory.resolve(settings.name() + ".offsets").toString());
        });
    properties.putAll(settings.overrides());
    return properties;
  }

  private static Map<String, String> distributed(String name) {
    return Map.ofEntries(
        Map.entry("group.id", name),
        Map.entry("config.storage.topic", name + "-configs"),
        Map.entry("config.storage.replication.factor", "1"),
        Map.entry("offset.storage.topic", name + "-offsets"),
        Map.entry("offset.storage.replication.factor", "1"),
        Map.entry("offset.storage.partitions", "1"),
        Map.entry("status.storage.topic", name + "-status"),
        Map.entry("status.storage.replication.factor", "1"),
        Map.entry("status.storage.partitions", "1"),
        // After a kill, connectors start anew only when the session of the old worker has ended.
        Map.entry("session.timeout.ms", SESSION_MILLIS),
        Map.entry("heartbeat.interval.ms", HEARTBEAT_MILLIS),
        Map.entry("scheduled.rebalance.max.delay.ms", "0"),
        Map.entry("exactly.once.source.support", "enabled"));
  }

  /**
   * Returns when it runs connectors.
   *
   * @throws LaunchException with the end of its log, when it does not
   */
  public void awaitReady() {
    jvm.awaitReady(READY_LIMIT, connect::healthy);
  }

  /** A client of its REST API. */
  public ConnectClient connect() {
    return connect;
  }

  /** Where its REST API is. */
  public URI url() {
    return URI.create("http://" + Ports.HOST + ":" + settings.port());
  }

  /** The file that all it writes goes to. */
  public Path log() {
    return directory.resolve(settings.name() + ".log");
  }

  /** The started worker's process id. */
  public long pid() {
    return jvm.pid();
  }

  /** Kills it (kill -9); {@link #start} brings it back. */
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
