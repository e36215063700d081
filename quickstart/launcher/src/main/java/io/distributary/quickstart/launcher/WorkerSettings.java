package io.distributary.quickstart.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a Connect worker is started with.
 *
 * @param lib its classpath: {@link Checkout#worker} or {@link Checkout#oldestWorker}
 * @param pluginPath directories with one subdirectory per plugin, see {@link Checkout#plugins}
 * @param name its Connect cluster: group id and prefix of the internal topics, and of its files
 * @param port of its REST API
 * @param heapMegabytes its maximal heap
 * @param overrides worker configuration that goes over the launcher's own
 */
public record WorkerSettings(
    Path lib,
    List<Path> pluginPath,
    String name,
    Mode mode,
    int port,
    int heapMegabytes,
    Map<String, String> overrides) {

  /** How Connect runs. */
  public enum Mode {
    /** State in Kafka topics. */
    DISTRIBUTED("org.apache.kafka.connect.cli.ConnectDistributed"),
    /** State in a file; knows no exactly-once sources. */
    STANDALONE("org.apache.kafka.connect.cli.ConnectStandalone");

    private final String mainClass;

    Mode(String mainClass) {
      this.mainClass = mainClass;
    }

    String mainClass() {
      return mainClass;
    }
  }

  /** Copies what it is given. */
  public WorkerSettings {
    pluginPath = List.copyOf(pluginPath);
    overrides = Map.copyOf(overrides);
  }

  /** A distributed worker called "connect", on a port that is free now, with 512 MB of heap. */
  public static WorkerSettings of(Path lib, List<Path> pluginPath) {
    return new WorkerSettings(
        lib, pluginPath, "connect", Mode.DISTRIBUTED, Ports.free(1)[0], 512, Map.of());
  }

  /** With another name, which its log, its group and its topics begin with. */
  public WorkerSettings withName(String newName) {
    return new WorkerSettings(lib, pluginPath, newName, mode, port, heapMegabytes, overrides);
  }

  /** Run in another way. */
  public WorkerSettings withMode(Mode newMode) {
    return new WorkerSettings(lib, pluginPath, name, newMode, port, heapMegabytes, overrides);
  }

  /** With its REST API on another port. */
  public WorkerSettings withPort(int newPort) {
    return new WorkerSettings(lib, pluginPath, name, mode, newPort, heapMegabytes, overrides);
  }

  /** With a heap of so many megabytes at the most. */
  public WorkerSettings withHeapMegabytes(int megabytes) {
    return new WorkerSettings(lib, pluginPath, name, mode, port, megabytes, overrides);
  }

  /** Sets one key of the worker's configuration. */
  public WorkerSettings with(String key, String value) {
    Map<String, String> more = new HashMap<>(overrides);
    more.put(key, value);
    return new WorkerSettings(lib, pluginPath, name, mode, port, heapMegabytes, more);
  }
}
