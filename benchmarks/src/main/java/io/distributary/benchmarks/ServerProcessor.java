package io.distributary.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;

/**
 * The processor time that a server on this machine has taken: all of its processes, also those that
 * have ended. Read from {@code /proc} (see proc_pid_stat(5)), so on Linux only.
 */
final class ServerProcessor {
  /** In hundredths of a second, whatever the kernel's own clock is. */
  private static final double TICKS = 100;

  private final ProcessHandle server;

  private ServerProcessor(ProcessHandle server) {
    this.server = server;
  }

  /** That of the server with this first process. */
  static ServerProcessor of(long pid) {
    return new ServerProcessor(ProcessHandle.of(pid).orElseThrow());
  }

  /** That of the PostgreSQL server with this JDBC URL. */
  static ServerProcessor of(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return new ServerProcessor(
          ProcessHandle.of(row.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow());
    }
  }

  /** Seconds since it was started. */
  double seconds() {
    // Those that end in between show in the server itself, so it comes last.
    try (Stream<ProcessHandle> running = server.children()) {
      double ofRunning = running.mapToDouble(process -> ticks(process, false)).sum();
      return (ofRunning + ticks(server, true)) / TICKS;
    }
  }

  private static double ticks(ProcessHandle process, boolean ended) {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
    } catch (IOException e) {
      return 0; // It has just ended.
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    double own = Double.parseDouble(fields[11]) + Double.parseDouble(fields[12]);
    return ended ? own + Double.parseDouble(fields[13]) + Double.parseDouble(fields[14]) : own;
  }
}
