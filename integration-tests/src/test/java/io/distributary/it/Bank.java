package io.distributary.it;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A database with an invariant over rows and tables: transfers move money between accounts of two
 * tables, so that the sum over both never changes, and each adds a numbered row to a journal whose
 * last number stands in a table of its own. A torn transaction shows at once.
 */
final class Bank implements AutoCloseable {
  private static final int ACCOUNTS = 200;
  private static final long MONEY = ACCOUNTS * 2 * 1_000L;

  private final String url;
  private final Random random;
  private Connection connection;

  private Bank(String url, long seed) throws SQLException {
    this.url = url;
    this.connection = open(url);
    this.random = new Random(seed);
  }

  /** Founds a bank in an empty database. */
  static Bank found(String url, long seed) throws SQLException {
    Bank bank = new Bank(url, seed);
    try (Statement statement = bank.connection.createStatement()) {
      if (sqlite(url)) {
        statement.execute("PRAGMA journal_mode = WAL");
      }
      bank.connection.setAutoCommit(false);
      for (String table : new String[] {"checking", "savings"}) {
        statement.execute(
            "CREATE TABLE " + table + " (id INTEGER PRIMARY KEY, balance INTEGER NOT NULL)");
        statement.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + ACCOUNTS
                + ") INSERT INTO "
                + table
                + " SELECT i, 1000 FROM n");
      }
      statement.execute("CREATE TABLE journal (number INTEGER PRIMARY KEY, amount INTEGER)");
      statement.execute("CREATE TABLE last_number (id INTEGER PRIMARY KEY, number INTEGER)");
      statement.execute("INSERT INTO last_number VALUES (1, 0)");
      bank.connection.commit();
    }
    return bank;
  }

  private static boolean sqlite(String url) {
    return url.startsWith("jdbc:sqlite:");
  }

  static Connection open(Path file) throws SQLException {
    return open("jdbc:sqlite:" + file);
  }

  static Connection open(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url);
    if (sqlite(url)) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA busy_timeout = 20000");
        statement.execute("PRAGMA synchronous = NORMAL");
      }
    }
    return connection;
  }

  /** Whether a server crashed, as PostgreSQL says it; a file does not. */
  static boolean crashed(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith("08") || state.startsWith("57P"));
  }

  /** The same bank after a crash of its server; what was not committed did not happen. */
  void reopen() throws SQLException {
    Connection again = open(url);
    again.setAutoCommit(false);
    connection.close();
    connection = again;
  }

  String url() {
    return url;
  }

  /** Some transfers in one transaction; now and then it is rolled back. */
  void transfer() throws SQLException {
    int transfers = 1 + random.nextInt(5);
    try (PreparedStatement take =
            connection.prepareStatement("UPDATE checking SET balance = balance - ? WHERE id = ?");
        PreparedStatement give =
            connection.prepareStatement("UPDATE savings SET balance = balance + ? WHERE id = ?");
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < transfers; i++) {
        int amount = random.nextInt(100) - 50;
        move(take, amount);
        move(give, amount);
        statement.executeUpdate("UPDATE last_number SET number = number + 1");
        statement.executeUpdate(
            "INSERT INTO journal SELECT number, " + amount + " FROM last_number");
      }
      if (random.nextInt(10) == 0) {
        connection.rollback();
      } else {
        connection.commit();
      }
    }
  }

  private void move(PreparedStatement statement, int amount) throws SQLException {
    statement.setInt(1, amount);
    statement.setInt(2, 1 + random.nextInt(ACCOUNTS));
    statement.executeUpdate();
  }

  /** Another one than before whenever others have committed: looking again is in vain till then. */
  static String version(Statement statement) throws SQLException {
    String query =
        sqlite(statement.getConnection().getMetaData().getURL())
            ? "PRAGMA data_version"
            : "SELECT pg_current_snapshot()";
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** What is wrong with a replica in which all tables of a transaction arrive together; or null. */
  static String tornAcrossTables(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery(
            "SELECT (SELECT sum(balance) FROM checking) + (SELECT sum(balance) FROM savings),"
                + " (SELECT coalesce(max(number), 0) FROM journal),"
                + " (SELECT count(*) FROM journal), (SELECT number FROM last_number)")) {
      row.next();
      long money = row.getLong(1);
      long last = row.getLong(2);
      boolean whole = money == MONEY && last == row.getLong(3) && last == row.getLong(4);
      return whole
          ? null
          : "money "
              + money
              + ", journal to "
              + last
              + " with "
              + row.getLong(3)
              + " rows, last number "
              + row.getLong(4);
    }
  }

  /** What is wrong with the journal alone, whose numbers leave no gap; or null. */
  static String tornJournal(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT coalesce(max(number), 0), count(*) FROM journal")) {
      row.next();
      return row.getLong(1) == row.getLong(2)
          ? null
          : "journal to " + row.getLong(1) + " with " + row.getLong(2) + " rows";
    }
  }

  /** The journal of a replica to be, which counts what changes a row of it. */
  static void countUpdates(String replica) throws SQLException {
    try (Connection connection = open(replica);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE journal (number INTEGER PRIMARY KEY, amount INTEGER)");
      statement.execute("CREATE TABLE journal_updates (number INTEGER)");
      String count = "BEGIN INSERT INTO journal_updates VALUES (NEW.number); %s END";
      if (sqlite(replica)) {
        statement.execute("PRAGMA journal_mode = WAL");
        statement.execute(
            "CREATE TRIGGER count_updates AFTER UPDATE ON journal " + count.formatted(""));
      } else {
        statement.execute(
            "CREATE FUNCTION count_update() RETURNS trigger LANGUAGE plpgsql AS $$"
                + count.formatted("RETURN NULL;")
                + "$$");
        statement.execute(
            "CREATE TRIGGER count_updates AFTER UPDATE ON journal FOR EACH ROW"
                + " EXECUTE FUNCTION count_update()");
      }
    }
  }

  /** How often a row of a replica's journal was changed; the source never does. */
  static long updates(String replica) throws SQLException {
    try (Connection connection = open(replica);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM journal_updates")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** The histories of the source that a replica knows of. */
  static Set<String> epochs(String replica) throws SQLException {
    Set<String> epochs = new TreeSet<>();
    try (Connection connection = open(replica);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT epoch FROM distributary_checkpoint")) {
      while (row.next()) {
        epochs.add(row.getString(1));
      }
    }
    return epochs;
  }

  /** The number of the last transfer that a database shows. */
  static long lastNumber(String url) throws SQLException {
    try (Connection connection = open(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT coalesce(max(number), 0) FROM journal")) {
      row.next();
      return row.getLong(1);
    }
  }

  /** All rows of all tables. */
  static List<String> rows(String url) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = open(url);
        Statement statement = connection.createStatement()) {
      for (String table : List.of("checking", "savings", "journal", "last_number")) {
        try (ResultSet row = statement.executeQuery("SELECT * FROM " + table + " ORDER BY 1")) {
          while (row.next()) {
            rows.add(table + " " + row.getLong(1) + " " + row.getLong(2));
          }
        }
      }
    }
    return rows;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
