package io.distributary.source.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.postgresql.Driver;
import org.postgresql.PGProperty;

/**
 * Where the source database is, and as whom it is entered.
 *
 * @param password null for none
 * @param options the driver's further properties
 */
record ServerAddress(
    String host,
    int port,
    String database,
    String user,
    String password,
    Map<String, String> options) {
  /** What every URL of ours begins with. */
  static final String URL = "jdbc:postgresql:";

  ServerAddress {
    options = Map.copyOf(options);
  }

  /**
   * The address in a JDBC URL.
   *
   * @param user whom to be; null or empty for whom the URL names
   * @param password null or empty for the URL's
   * @throws IllegalArgumentException for a URL that does not name one server and one database; it
   *     does not repeat the URL, which may hold a password
   */
  static ServerAddress of(String url, String user, String password) {
    Properties parsed = url.startsWith(URL) ? Driver.parseURL(url, new Properties()) : null;
    if (parsed == null) {
      throw new IllegalArgumentException(
          "connection.url is no URL that PostgreSQL's driver reads: it is"
              + " jdbc:postgresql://HOST:PORT/DATABASE");
    }
    Map<String, String> options = new HashMap<>();
    parsed.stringPropertyNames().forEach(name -> options.put(name, parsed.getProperty(name)));
    String host = options.remove(PGProperty.PG_HOST.getName());
    String port = options.remove(PGProperty.PG_PORT.getName());
    String database = options.remove(PGProperty.PG_DBNAME.getName());
    String urlUser = options.remove(PGProperty.USER.getName());
    String urlPassword = options.remove(PGProperty.PASSWORD.getName());
    if (host != null && host.contains("@")) {
      throw new IllegalArgumentException(
          "connection.url has an @ in its host: name the user with connection.user, and the password"
              + " with connection.password");
    }
    if (host != null && host.contains(",")) {
      throw new IllegalArgumentException(
          "connection.url names several servers; a replication slot is on one. Name the primary");
    }
    String asked = user == null || user.isEmpty() ? urlUser : user;
    if (asked == null || asked.isEmpty()) {
      throw new IllegalArgumentException(
          "connection.user is missing: name a user that has the attribute REPLICATION");
    }
    return new ServerAddress(
        host == null ? "localhost" : host,
        port == null ? 5432 : Integer.parseInt(port),
        database == null || database.isEmpty() ? asked : database,
        asked,
        password == null || password.isEmpty() ? urlPassword : password,
        options);
  }

  /** Opens a connection, which names itself to the server's administrators. */
  Connection connect(String name) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(options);
    properties.setProperty(PGProperty.USER.getName(), user);
    if (password != null) {
      properties.setProperty(PGProperty.PASSWORD.getName(), password);
    }
    properties.setProperty(PGProperty.APPLICATION_NAME.getName(), name);
    properties.setProperty(PGProperty.TCP_KEEP_ALIVE.getName(), "true");
    properties.putIfAbsent(PGProperty.CONNECT_TIMEOUT.getName(), "10");
    return DriverManager.getConnection(
        URL + "//" + host + ":" + port + "/" + encoded(), properties);
  }

  private String encoded() {
    return java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8)
        .replace("+", "%20");
  }

  /** Without the password. */
  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
