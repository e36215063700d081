package io.distributary.it.mariadb;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A real MariaDB server in a process of its own, reached on 127.0.0.1 by the user {@code root}
 * without a password. It ends with the JVM, and its data with it.
 *
 * <p>Safe for use by several threads, but for {@link #close}.
 */
public final class MariaDbServer implements AutoCloseable {
  /** The user of every server who may do all. */
  public static final String USER = "root";

  private static final Duration READY = Duration.ofMinutes(3);
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static MariaDbServer shared;

  private final Path directory;
  private final int port;
  private final Thread hook = new Thread(this::end, "mariadb-end");
  private Process process;

  private MariaDbServer(Path directory, int port) {
    this.directory = directory;
    this.port = port;
  }

  /** The one server that the tests of a JVM share. */
  public static synchronized MariaDbServer shared() {
    if (shared == null) {
      shared = start();
    }
    return shared;
  }

  /** Starts an empty server; returns when it takes connections. */
  public static MariaDbServer start() {
    MariaDbServer server = null;
    try {
      server = new MariaDbServer(Files.createTempDirectory("distributary-mariadb"), freePort());
      Runtime.getRuntime().addShutdownHook(server.hook);
      server.install();
      server.restart();
      return server;
    } catch (IOException e) {
      if (server != null) {
        server.close();
      }
      throw new UncheckedIOException("MariaDB did not start", e);
    }
  }

  /**
   * Creates a database that no test has used, of the character set {@code utf8mb4}.
   *
   * @return its JDBC URL, with the user in it
   */
  public String createDatabase() throws SQLException {
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url("mysql"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
    }
    return url(name);
  }

  /** The JDBC URL of a database, with the user in it. */
  public String url(String database) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /** Ends the server at once, as a crash would; its data stays. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts the server on the data that it left; returns when it takes connections. */
  public void restart() throws IOException {
    List<String> command = command();
    command.add("--port=" + port);
    command.add("--bind-address=127.0.0.1");
    command.add("--skip-name-resolve");
    command.add("--performance-schema=OFF");
    command.add("--innodb-flush-log-at-trx-commit=2");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    awaitReady();
  }

  private void install() throws IOException {
    Files.createDirectory(data());
    Files.createDirectory(directory.resolve("tmp"));
    List<String> command = command();
    command.add("--bootstrap");
    command.add("--max-allowed-packet=8M");
    Process bootstrap =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
    try (OutputStream sql = bootstrap.getOutputStream()) {
      // As mariadb-install-db does, but for the help texts and the sys schema.
      sql.write(
          "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"
              .getBytes(StandardCharsets.UTF_8));
      for (String script :
          List.of(
              "mariadb_system_tables.sql",
              "mariadb_performance_tables.sql",
              "mariadb_system_tables_data.sql")) {
        Files.copy(home().resolve("share").resolve(script), sql);
      }
      // A nameless user at localhost would go before those that tests make.
      sql.write("DELETE FROM global_priv WHERE User = '';\n".getBytes(StandardCharsets.UTF_8));
    }
    if (bootstrap.onExit().join().exitValue() != 0) {
      throw new IOException("MariaDB made no data directory:\n" + Files.readString(log()));
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(home().resolve("bin").resolve("mariadbd").toString());
    command.add("--no-defaults");
    command.add("--datadir=" + data());
    command.add("--tmpdir=" + directory.resolve("tmp"));
    command.add("--socket=" + directory.resolve("socket"));
    command.add("--pid-file=" + directory.resolve("pid"));
    command.add("--lc-messages-dir=" + home().resolve("share"));
    command.add("--character-sets-dir=" + home().resolve("share").resolve("charsets"));
    command.add("--innodb-buffer-pool-size=64M");
    command.add("--innodb-log-file-size=16M");
    // The machine does not crash under a test, only the server: what it wrote, the system keeps.
    command.add("--innodb-flush-method=nosync");
    command.add("--innodb-doublewrite=OFF");
    command.add("--sync-frm=OFF");
    // As root the server starts only when told so.
    command.add("--user=" + System.getProperty("user.name"));
    return command;
  }

  /** Where the build unpacked the server: beside this module's classes, or its jar. */
  private static Path home() {
    try {
      Path classes =
          Path.of(MariaDbServer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path home = classes.resolveSibling("server");
      Path server = home.resolve("bin").resolve("mariadbd");
      if (!server.toFile().canExecute() && !server.toFile().setExecutable(true)) {
        throw new IllegalStateException(
            "There is no MariaDB at " + home + ". Build integration-tests/mariadb (mvn -am)");
      }
      return home;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path data() {
    return directory.resolve("data");
  }

  private Path log() {
    return directory.resolve("log");
  }

  private void awaitReady() throws IOException {
    long deadline = System.nanoTime() + READY.toNanos();
    while (true) {
      try {
        DriverManager.getConnection(url("mysql")).close();
        return;
      } catch (SQLException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          process.destroyForcibly();
          throw new IOException("MariaDB is not ready:\n" + Files.readString(log()), e);
        }
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Interrupted while MariaDB started", e);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Stops the server and deletes its data. */
  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(hook);
    end();
  }

  private void end() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The data of MariaDB could not be deleted", e);
    }
  }
}
