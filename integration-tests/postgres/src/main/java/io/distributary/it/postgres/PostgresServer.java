package io.distributary.it.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL server in a process of its own, reached on 127.0.0.1 by the superuser {@code
 * postgres} without a password. It decodes logically ({@code wal_level=logical}).
 *
 * <p>Safe for use by several threads, but for {@link #close}.
 */
public final class PostgresServer implements AutoCloseable {
  /** The superuser of every server. */
  public static final String USER = "postgres";

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer shared;

  private final EmbeddedPostgres server;

  private PostgresServer(EmbeddedPostgres server) {
    this.server = server;
  }

  /** The one PostgreSQL 17 that the tests of a JVM share; it ends with the JVM. */
  public static synchronized PostgresServer shared() {
    if (shared == null) {
      shared = start(17, Map.of());
    }
    return shared;
  }

  /**
   * Starts an empty server.
   *
   * @param major 17 or 18
   * @param settings server settings ({@code postgresql.conf}) beside the defaults
   */
  public static PostgresServer start(int major, Map<String, String> settings) {
    return started(builder(major, settings));
  }

  /**
   * Starts a server on a data directory, which it leaves in place when it is closed; an empty one
   * is initialised.
   *
   * @param major 17 or 18; must be the one that initialised the directory
   */
  public static PostgresServer start(int major, Map<String, String> settings, Path data) {
    return started(builder(major, settings).setDataDirectory(data).setCleanDataDirectory(false));
  }

  private static PostgresServer started(EmbeddedPostgres.Builder builder) {
    try {
      return new PostgresServer(builder.start());
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start", e);
    }
  }

  private static EmbeddedPostgres.Builder builder(int major, Map<String, String> settings) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPgBinaryResolver((system, machine) -> binaries(major))
            .setServerConfig("wal_level", "logical")
            // What is committed can be decoded at once; the library's own default is off.
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("max_wal_senders", "40")
            .setServerConfig("max_replication_slots", "40");
    settings.forEach(builder::setServerConfig);
    return builder;
  }

  private static InputStream binaries(int major) {
    String name = "/postgresql-" + major + "/postgres-linux-x86_64.txz";
    InputStream binaries = PostgresServer.class.getResourceAsStream(name);
    if (binaries == null) {
      throw new IllegalArgumentException("There is no PostgreSQL " + major + " for the tests");
    }
    return binaries;
  }

  /**
   * Creates a database that no test has used.
   *
   * @return its JDBC URL, with the superuser in it
   */
  public String createDatabase() throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url(USER));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return url(name);
  }

  /** The JDBC URL of a database, with the superuser in it. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=" + USER;
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Stops the server. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not stop", e);
    }
  }
}
