package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.Driver;

/**
 * Opens connections to MariaDB and MySQL for writing. What rows mean does not hang on the server's
 * settings: each session says itself what it needs.
 */
final class MariaDbOpener {
  static final List<String> PREFIXES = List.of("jdbc:mariadb:", "jdbc:mysql:");

  /**
   * Values that do not fit are refused, whatever the table's engine, and 0 is a value like another
   * for a column that counts up.
   */
  private static final String SESSION =
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,"
          + "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', default_storage_engine = 'InnoDB'";

  private final TargetSettings settings;
  private final String url;
  private String maxPacket;

  MariaDbOpener(TargetSettings settings) {
    String hindrance = hindrance(settings.url());
    if (hindrance != null) {
      throw new WriteException(
          WriteException.Kind.FATAL, "The target cannot be opened: " + hindrance, null);
    }
    this.settings = settings;
    this.url = driverUrl(settings.url());
  }

  /** What is wrong with the URL; null for nothing. */
  static String hindrance(String url) {
    try {
      Configuration configuration = Configuration.parse(driverUrl(url));
      if (configuration == null) {
        return "is not a URL of MariaDB, such as jdbc:mariadb://host:3306/database";
      }
      return configuration.database() == null || configuration.database().isEmpty()
          ? "the URL names no database. It must be like jdbc:mariadb://host:3306/database"
          : null;
    } catch (SQLException e) {
      return e.getMessage();
    }
  }

  /** Whether the URL asks to enforce foreign keys on each statement. */
  boolean enforcesForeignKeys() {
    return url.toLowerCase(Locale.ROOT).matches(".*foreign_key_checks=['\"]?(1|on).*");
  }

  /**
   * The URL for the driver, which has a prefix of its own; MySQL's protocol is the same. An update
   * that changes nothing must count as one that found its row, so the URL has no say in that.
   */
  private static String driverUrl(String url) {
    String counting = url.replaceAll("(?i)([?&])useAffectedRows=[^&]*", "$1");
    return counting.startsWith(PREFIXES.get(1))
        ? PREFIXES.get(0) + counting.substring(PREFIXES.get(1).length())
        : counting;
  }

  /** A connection to write by, with no transaction open. */
  Connection main() throws SQLException {
    if (maxPacket == null) {
      maxPacket = askedMaxPacket();
    }
    Connection connection = open();
    try {
      // A checkpoint must be compared with what is committed, not with what was when we began.
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * The server ends a connection that sends more; the driver, once it knows, sends nothing then.
   */
  private String askedMaxPacket() throws SQLException {
    try (Connection connection = open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@max_allowed_packet")) {
      row.next();
      return row.getString(1);
    }
  }

  /** The most bytes that the server takes at once, known once {@link #main} was called. */
  long maxPacket() {
    return Long.parseLong(maxPacket);
  }

  /** A connection to define tables by: each statement is committed at once, as the server does. */
  Connection definer() throws SQLException {
    Connection connection = open();
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "SET SESSION lock_wait_timeout = 2, innodb_lock_wait_timeout = 5,"
              + " foreign_key_checks = 0");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private Connection open() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("useAffectedRows", "false");
    properties.setProperty("dumpQueriesOnException", "false");
    if (maxPacket != null) {
      properties.setProperty("maxAllowedPacket", maxPacket);
    }
    if (settings.user() != null) {
      properties.setProperty("user", settings.user());
    }
    if (settings.password() != null) {
      properties.setProperty("password", settings.password());
    }
    Connection connection = new Driver().connect(url, properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
