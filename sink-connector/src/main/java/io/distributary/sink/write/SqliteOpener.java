package io.distributary.sink.write;

import java.io.File;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.sqlite.JDBC;

/**
 * Opens SQLite databases for writing. What the URL says goes before what is set here ({@code
 * jdbc:sqlite:/data/replica.db?busy_timeout=10000&synchronous=FULL}).
 */
final class SqliteOpener {
  static final String PREFIX = "jdbc:sqlite:";

  private static final String BUSY_TIMEOUT_MS = "5000";

  private SqliteOpener() {}

  /** The database's file; null for one in memory, or given in another way than as a path. */
  static File file(String url) {
    String path = url.substring(PREFIX.length());
    int parameters = path.indexOf('?');
    path = parameters < 0 ? path : path.substring(0, parameters);
    boolean plain = !path.isEmpty() && !path.startsWith(":") && !path.startsWith("file:");
    return plain ? new File(path).getAbsoluteFile() : null;
  }

  /** What stands in the way of opening the file; null for nothing. */
  static String hindrance(String url) {
    File file = file(url);
    if (file == null) {
      return null;
    } else if (file.isDirectory()) {
      return file + " is a directory, not a database file";
    } else if (!file.getParentFile().isDirectory()) {
      return "directory "
          + file.getParentFile()
          + " does not exist. Create it, or correct connection.url";
    } else if (file.exists() ? !file.canWrite() : !file.getParentFile().canWrite()) {
      return (file.exists() ? file : file.getParentFile()) + " is not writable";
    }
    return null;
  }

  private static Set<String> parameters(String url) {
    int start = url.indexOf('?');
    return start < 0
        ? Set.of()
        : Arrays.stream(url.substring(start + 1).split("&"))
            .map(parameter -> parameter.replaceFirst("=.*", "").toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
  }

  /** A connection that begins no transaction of its own accord. */
  static Connection open(TargetSettings settings) throws SQLException {
    File file = file(settings.url());
    Properties properties = new Properties();
    properties.setProperty("busy_timeout", BUSY_TIMEOUT_MS);
    // Kafka is the log: what power loss takes from the file is read again.
    properties.setProperty("synchronous", "NORMAL");
    if (file != null && !file.exists()) {
      properties.setProperty("journal_mode", "WAL");
    }
    // To the driver a property goes before the URL.
    properties.keySet().removeAll(parameters(settings.url()));
    Connection connection = JDBC.createConnection(settings.url(), properties);
    try (Statement statement = connection.createStatement()) {
      // The driver is told that transactions are ours; the one it begins at once is ended.
      connection.setAutoCommit(false);
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }
}
