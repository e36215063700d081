package io.distributary.benchmarks;

import io.distributary.quickstart.launcher.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.kafka.connect.sink.SinkTask;

/**
 * Debezium's JDBC sink at the setting that was found to be its fastest: rows of one unit unnested
 * in one statement, repeated keys reduced first. Its jars are kept apart from ours as Connect does.
 */
final class DebeziumJdbcSink implements AutoCloseable {
  /** One for all turns, so that what is compiled in one is there in the next. */
  private static final ClassLoader LOADER = loader();

  /** Hibernate tells of each connection pool; held here, as loggers can be collected. */
  private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");

  private final SinkRun run;

  DebeziumJdbcSink(String url, int batchRows) throws ReflectiveOperationException {
    HIBERNATE.setLevel(Level.SEVERE);
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Thread.currentThread().setContextClassLoader(LOADER);
    try {
      Class<?> type = LOADER.loadClass("io.debezium.connector.jdbc.JdbcSinkConnectorTask");
      SinkTask task = (SinkTask) type.getConstructor().newInstance();
      run = SinkRun.of(task, settings(url, batchRows));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static Map<String, String> settings(String url, int batchRows) {
    return Map.ofEntries(
        Map.entry("name", "peer"),
        Map.entry("connection.url", url),
        Map.entry("connection.username", "postgres"),
        Map.entry("connection.password", "none"),
        Map.entry("insert.mode", "upsert"),
        Map.entry("delete.enabled", "true"),
        Map.entry("primary.key.mode", "record_key"),
        Map.entry("schema.evolution", "none"),
        Map.entry("collection.name.format", "items"),
        Map.entry("batch.size", String.valueOf(batchRows)),
        Map.entry("use.reduction.buffer", "true"),
        Map.entry("dialect.postgres.unnest.insert.enabled", "true"));
  }

  SinkRun run() {
    return run;
  }

  private static ClassLoader loader() {
    try {
      return new URLClassLoader(jars(), new Shared());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URL[] jars() throws IOException {
    Path root = Checkout.around(Path.of("")).root();
    List<URL> jars = new ArrayList<>();
    add(jars, root.resolve("benchmarks/target/peer/debezium-connector-jdbc"), "");
    // It looks into the worker's own classes.
    add(jars, root.resolve("quickstart/worker/target/lib"), "connect-runtime-");
    add(jars, root.resolve("quickstart/worker/target/lib"), "jackson-");
    return jars.toArray(URL[]::new);
  }

  private static void add(List<URL> jars, Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(prefix) && name.endsWith(".jar")) {
          jars.add(file.toUri().toURL());
        }
      }
    }
  }

  @Override
  public void close() {
    run.close();
  }

  /** Hands down only what a worker shares with its plugins. */
  private static final class Shared extends ClassLoader {
    Shared() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("org.apache.kafka.") || name.startsWith("org.slf4j.")) {
        return SinkTask.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
