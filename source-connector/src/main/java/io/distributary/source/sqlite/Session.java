package io.distributary.source.sqlite;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/**
 * A connection to one database file, with transactions begun and ended in words of our own, for
 * JDBC knows neither read transactions nor immediate ones.
 */
final class Session implements AutoCloseable {
  /** How long SQLite itself waits for a lock, in milliseconds; beyond it the caller retries. */
  private static final int BUSY_MILLIS = 250;

  private final SQLiteConnection connection;
  private final Map<String, PreparedStatement> questions = new HashMap<>();

  private Session(SQLiteConnection connection) {
    this.connection = connection;
  }

  /** Opens a file that exists. */
  static Session open(Path file) throws SQLException {
    SQLiteConfig config = config();
    config.resetOpenMode(SQLiteOpenMode.CREATE);
    return new Session((SQLiteConnection) config.createConnection("jdbc:sqlite:" + file));
  }

  /** Makes a file that can be thrown away, filled with the content of another database. */
  static Session copy(Path source, Path target) throws SQLException {
    SQLiteConfig config = config();
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    config.setJournalMode(SQLiteConfig.JournalMode.OFF);
    Session copy = new Session((SQLiteConnection) config.createConnection("jdbc:sqlite:" + target));
    try {
      // In one step: in small ones, each commit of another process makes it start again.
      int result =
          copy.connection.getDatabase().restore("main", source.toString(), null, 10, 25, -1);
      if (result != SQLiteErrorCode.SQLITE_OK.code && result != SQLiteErrorCode.SQLITE_DONE.code) {
        SQLiteErrorCode code = SQLiteErrorCode.getErrorCode(result);
        throw new SQLiteException("Copying failed: " + code, code);
      }
      return copy;
    } catch (SQLException | RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    // A lost write of ours (a pruned log) is made again; the users' writes sync as they choose.
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    return config;
  }

  Connection connection() {
    return connection;
  }

  PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  int execute(String sql, Object... parameters) throws SQLException {
    if (parameters.length == 0) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
        return 0;
      }
    }
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /** The first column of the first row; 0 where there is none or it is null. */
  long number(String sql, Object... parameters) throws SQLException {
    try (ResultSet row = asked(sql, parameters).executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** A question that is asked again and again, such as after each commit, is prepared once. */
  private PreparedStatement asked(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = questions.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      questions.put(sql, statement);
    }
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  /** The first column of the first row; null where there is none or it is null. */
  String text(String sql, Object... parameters) throws SQLException {
    try (ResultSet row = asked(sql, parameters).executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  @FunctionalInterface
  interface Work {
    void run() throws SQLException;
  }

  /** Does the work in one write transaction: all of it or nothing. */
  void write(Work work) throws SQLException {
    execute("BEGIN IMMEDIATE");
    try {
      work.run();
      execute("COMMIT");
    } catch (SQLException | RuntimeException e) {
      rollback();
      throw e;
    }
  }

  /** Ends whatever transaction may be open, after a failure. */
  @SuppressWarnings("EmptyCatch") // SQLite may have rolled back by itself; then nothing is to end
  void rollback() {
    try {
      execute("ROLLBACK");
    } catch (SQLException nothingToEnd) {
      // The failure that led here is what counts.
    }
  }

  /** Begins a read transaction. What it sees is fixed by its first read. */
  void beginRead() throws SQLException {
    execute("BEGIN");
  }

  void endRead() throws SQLException {
    execute("COMMIT");
  }

  /** Whether the failure goes away when whoever holds a lock lets it go. */
  static boolean isBusy(SQLException failure) {
    int primary = failure.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_BUSY.code
        || primary == SQLiteErrorCode.SQLITE_LOCKED.code
        || primary == SQLiteErrorCode.SQLITE_PROTOCOL.code;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
