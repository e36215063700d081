package io.distributary.source.sqlite;

import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;

/**
 * The tables that we keep in the source database: the log of touched keys, what we remember about
 * it and the captured tables, and the mailbox for requests.
 *
 * <p>The log holds, per row that a transaction touched: {@code c} (inserted, or now under a new
 * key), {@code u} (updated), {@code d} (deleted, or maybe gone); and for us {@code i} (triggers
 * were installed: what happened to the table before is not in the log), {@code s} (a snapshot was
 * asked for), {@code x} (a request that nobody understands), {@code m} (a row that is only there so
 * that there is one).
 *
 * <p>Versions grow although they are no {@code AUTOINCREMENT}, which costs each write a tenth more:
 * the last row is never removed, and should somebody else do that, its nonce is missed.
 */
final class Log {
  static final String TABLE = Triggers.PREFIX + "log";
  static final String META = Triggers.PREFIX + "meta";
  static final String TABLES = Triggers.PREFIX + "table";
  static final String SIGNAL = Triggers.PREFIX + "signal";

  /** How many log rows one transaction removes: some milliseconds of the users' write lock. */
  private static final int PRUNED_AT_ONCE = 2000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private Log() {}

  /** Makes what is missing. In the caller's write transaction. */
  static void create(Session session) throws SQLException {
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + TABLE
            + "(version INTEGER PRIMARY KEY, \"table\" TEXT NOT NULL,"
            + " op TEXT NOT NULL, nonce BLOB NOT NULL DEFAULT (randomblob(8)), k1)");
    session.execute("CREATE TABLE IF NOT EXISTS " + META + "(name TEXT PRIMARY KEY, value)");
    session.execute(
        "CREATE TABLE IF NOT EXISTS " + TABLES + "(name TEXT PRIMARY KEY, shape TEXT NOT NULL)");
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + SIGNAL
            + "(id INTEGER PRIMARY KEY, action TEXT, table_name TEXT)");
    session.execute(
        "CREATE TRIGGER IF NOT EXISTS "
            + SIGNAL
            + "_insert AFTER INSERT ON "
            + SIGNAL
            + " BEGIN INSERT INTO "
            + TABLE
            + "(\"table\", op, k1) VALUES (coalesce(NEW.table_name, ''),"
            + " CASE lower(NEW.action) WHEN 'snapshot' THEN 's' ELSE 'x' END, NEW.id); END");
  }

  /** Gives the log as many key columns as the widest key needs. In a write transaction. */
  static void widen(Session session, int columns) throws SQLException {
    long present =
        session.number(
            "SELECT count(*) FROM pragma_table_info(?, 'main') WHERE name GLOB 'k[0-9]*'", TABLE);
    for (long i = present + 1; i <= columns; i++) {
      session.execute("ALTER TABLE " + TABLE + " ADD COLUMN k" + i);
    }
  }

  static void mark(Session session, String table, String op) throws SQLException {
    session.execute("INSERT INTO " + TABLE + "(\"table\", op) VALUES (?, ?)", table, op);
  }

  static void requestSnapshot(Session session, String table) throws SQLException {
    session.execute("INSERT INTO " + SIGNAL + "(action, table_name) VALUES ('snapshot', ?)", table);
  }

  /** The highest version; 0 for an empty log. */
  static long lastVersion(Session session) throws SQLException {
    return session.number("SELECT max(version) FROM " + TABLE);
  }

  static long firstVersion(Session session) throws SQLException {
    return session.number("SELECT min(version) FROM " + TABLE);
  }

  /** The nonce of a log row in hexadecimal digits; null where that row is not there. */
  static String nonce(Session session, long version) throws SQLException {
    return session.text("SELECT hex(nonce) FROM " + TABLE + " WHERE version = ?", version);
  }

  /** The epoch of the history; null where it is not known. */
  static String epoch(Session session) throws SQLException {
    return remembered(session, "epoch");
  }

  /** Begins a new history. In a write transaction. */
  static String newEpoch(Session session) throws SQLException {
    byte[] id = new byte[8];
    RANDOM.nextBytes(id);
    String epoch = HexFormat.of().formatHex(id);
    remember(session, "epoch", epoch);
    mark(session, "", "m");
    return epoch;
  }

  static void remember(Session session, String name, Object value) throws SQLException {
    session.execute("INSERT OR REPLACE INTO " + META + "(name, value) VALUES (?, ?)", name, value);
  }

  /** What is remembered under a name; null where nothing is. */
  static String remembered(Session session, String name) throws SQLException {
    return session.text("SELECT value FROM " + META + " WHERE name = ?", name);
  }

  static void forget(Session session, String name) throws SQLException {
    session.execute("DELETE FROM " + META + " WHERE name = ?", name);
  }

  /** Whether there is a place to remember anything in. */
  static boolean present(Session session) throws SQLException {
    return session.number("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?)", META) == 1;
  }

  /**
   * Removes some of the rows before a version, the oldest first, and the requests among them; never
   * that of the version itself nor the last one.
   *
   * @return whether there may be more to remove
   */
  static boolean prune(Session session, long version) throws SQLException {
    long first = firstVersion(session);
    long end = Math.min(Math.min(version, lastVersion(session)), first + PRUNED_AT_ONCE);
    if (first == 0 || first >= end) {
      return false;
    }
    session.write(() -> session.execute("DELETE FROM " + TABLE + " WHERE version < ?", end));
    return true;
  }

  /** Removes the requests that were answered up to a version. */
  static void forgetSignals(Session session, long version) throws SQLException {
    if (session.number("SELECT EXISTS (SELECT 1 FROM " + SIGNAL + ")") == 1) {
      session.write(
          () ->
              session.execute(
                  "DELETE FROM "
                      + SIGNAL
                      + " WHERE id NOT IN (SELECT k1 FROM "
                      + TABLE
                      + " WHERE version > ? AND op IN ('s', 'x') AND k1 IS NOT NULL)",
                  version));
    }
  }
}
