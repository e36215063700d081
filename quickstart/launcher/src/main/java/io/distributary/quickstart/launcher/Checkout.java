package io.distributary.quickstart.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the build leaves what the launcher runs.
 *
 * @param root the project's top directory
 */
public record Checkout(Path root) {

  /**
   * The checkout that a directory lies in, such as a test's working directory.
   *
   * @throws LaunchException when it lies in none
   */
  public static Checkout around(Path directory) {
    return Stream.iterate(directory.toAbsolutePath(), path -> path != null, Path::getParent)
        .filter(path -> Files.exists(path.resolve("quickstart/broker/pom.xml")))
        .findFirst()
        .map(Checkout::new)
        .orElseThrow(
            () ->
                new LaunchException(
                    directory.toAbsolutePath() + " is in no checkout of Distributary"));
  }

  /** The broker's classpath. */
  public Path broker() {
    return root.resolve("quickstart/broker/target/lib");
  }

  /** The classpath of the Connect worker that the quickstart runs. */
  public Path worker() {
    return root.resolve("quickstart/worker/target/lib");
  }

  /** Cassandra's classpath. */
  public Path cassandra() {
    return root.resolve("quickstart/cassandra/target/lib");
  }

  /** The classpath of the oldest Connect worker that the plugins support. */
  public Path oldestWorker() {
    return root.resolve("integration-tests/worker-3.9/target/lib");
  }

  /** What goes into a worker's {@code plugin.path}: directories with one plugin directory each. */
  public List<Path> plugins() {
    return Stream.of("source-connector", "sink-connector", "smt")
        .map(module -> root.resolve(module).resolve("target/plugin"))
        .toList();
  }
}
