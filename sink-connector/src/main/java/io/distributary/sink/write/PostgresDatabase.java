package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import org.postgresql.Driver;

/**
 * PostgreSQL, from version 12. What the URL says goes to the driver as it is, and before what is
 * set here ({@code jdbc:postgresql://host/database?sslmode=verify-full&currentSchema=shop}).
 */
final class PostgresDatabase implements TargetDatabase {
  private static final String PREFIX = "jdbc:postgresql:";

  @Override
  public String name() {
    return "PostgreSQL";
  }

  @Override
  public List<String> prefixes() {
    return List.of(PREFIX);
  }

  @Override
  public boolean oneWriter() {
    return false;
  }

  @Override
  public boolean choosesSynchronousCommit() {
    return true;
  }

  @Override
  public String hindrance(TargetSettings settings) {
    return Driver.parseURL(settings.url(), new Properties()) == null
        ? "connection.url is not a URL of PostgreSQL, such as jdbc:postgresql://host:5432/database"
        : null;
  }

  @Override
  public boolean madeWhenOpened(TargetSettings settings) {
    return false;
  }

  @Override
  public Dialect connect(TargetSettings settings) throws SQLException {
    Connection connection = open(settings);
    try {
      return new PostgresDialect(connection, () -> open(settings));
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Connection open(TargetSettings settings) throws SQLException {
    Connection connection = new Driver().connect(settings.url(), properties(settings));
    try {
      prepare(connection, settings);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static Properties properties(TargetSettings settings) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "distributary sink " + settings.sink());
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", "10");
    // Details quote rows, which are nobody's to read in a log.
    properties.setProperty("logServerErrorDetail", "false");
    properties.setProperty("binaryTransferEnable", PostgresBinary.arrayTypes());
    properties.setProperty("prepareThreshold", "2");
    if (settings.user() != null) {
      properties.setProperty("user", settings.user());
    }
    if (settings.password() != null) {
      properties.setProperty("password", settings.password());
    }
    return properties;
  }

  private static void prepare(Connection connection, TargetSettings settings) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // Timestamps without a zone are of UTC where records have one, and the other way round.
      statement.execute("SET TIME ZONE 'UTC'");
      statement.execute("SET IntervalStyle = 'postgres'");
      // What text means does not hang on the server's settings, as for pg_dump.
      statement.execute("SET array_nulls = on");
      statement.execute("SET xmloption = content");
      statement.execute("SET standard_conforming_strings = on");
      // Money of two digits is written as the locale C has it; of others the locale's own way.
      statement.execute(
          "SELECT set_config('lc_monetary', 'C', false) WHERE scale(1::money::numeric) = 2");
      if (settings.synchronousCommit() != SynchronousCommit.SERVER) {
        statement.execute("SET synchronous_commit = " + settings.synchronousCommit().sql());
      }
    }
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    connection.setAutoCommit(false);
  }

  @Override
  public Errors errors() {
    return new PostgresErrors();
  }
}
