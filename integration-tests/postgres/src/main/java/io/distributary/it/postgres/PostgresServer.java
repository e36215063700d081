package io.distributary.it.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL server in a process of its own, reached on 127.0.0.1 by the superuser {@code
 * postgres} without a password. It decodes logically ({@code wal_level=logical}).
 *
 * <p>Safe for use by several threads, but for {@link #crash} and {@link #close}.
 */
public final class PostgresServer implements AutoCloseable {
  /** The superuser of every server. */
  public static final String USER = "postgres";

  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static PostgresServer shared;

  private final int port;
  private final Own own;
  private volatile EmbeddedPostgres server;

  /** A data directory that outlives its server, and how to start the server on it again. */
  private record Own(Path data, int major, Map<String, String> settings) {
    EmbeddedPostgres.Builder builder() {
      return PostgresServer.builder(major, settings)
          .setDataDirectory(data)
          .setCleanDataDirectory(false);
    }

    /** The process that all others of the server are children of. */
    ProcessHandle postmaster() throws IOException {
      String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }
  }

  private PostgresServer(EmbeddedPostgres server, Own own) {
    this.server = server;
    this.port = server.getPort();
    this.own = own;
  }

  /**
   * The one server that the tests of a JVM share; it ends with the JVM. It is PostgreSQL 17, or
   * what {@code -Dpostgres.major} says: the builds of some modules run some tests on 18, too.
   */
  public static synchronized PostgresServer shared() {
    if (shared == null) {
      shared = start(Integer.getInteger("postgres.major", 17), Map.of());
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
    return started(builder(major, settings), null);
  }

  /**
   * Starts a server on a data directory, which it leaves in place when it is closed; an empty one
   * is initialised.
   *
   * @param major 17 or 18; must be the one that initialised the directory
   */
  public static PostgresServer start(int major, Map<String, String> settings, Path data) {
    Own own = new Own(data, major, Map.copyOf(settings));
    return started(own.builder(), own);
  }

  private static PostgresServer started(EmbeddedPostgres.Builder builder, Own own) {
    try {
      return new PostgresServer(builder.start(), own);
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not start", e);
    }
  }

  private static EmbeddedPostgres.Builder builder(int major, Map<String, String> settings) {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPgBinaryResolver((system, machine) -> binaries(major))
            .setPGStartupWait(LIMIT)
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
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /**
   * Lets the server crash, as {@code pg_ctl stop -m immediate} does, and recover on the same port:
   * connections break, what was not committed is gone, and so is what was committed in the last
   * moments with {@code synchronous_commit=off}, which is the default of these servers.
   *
   * @throws IllegalStateException when it was started without a data directory of its own
   */
  public void crash() {
    if (own == null) {
      throw new IllegalStateException("It has no data directory of its own to come back on");
    }
    try {
      ProcessHandle postmaster = own.postmaster();
      new ProcessBuilder("kill", "-QUIT", Long.toString(postmaster.pid())).start().waitFor();
      postmaster.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      server.close(); // lets go of the lock on the data directory
      server = own.builder().setPort(port).start();
    } catch (IOException e) {
      throw new UncheckedIOException("PostgreSQL did not come back after its crash", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("PostgreSQL did not end at once", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while PostgreSQL crashes", e);
    }
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
