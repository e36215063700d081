package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The tables that we keep in the source database: the log of touched keys, what we remember about
 * it and the captured tables, and the mailbox for requests.
 *
 * <p>The log holds, per row that a transaction touched: {@code c} (inserted, or now under a new
 * key), {@code u} (updated), {@code d} (deleted, or maybe gone); {@code t} for a table that was
 * truncated; and for us {@code i} (triggers were installed: what happened to the table before is
 * not in the log) and {@code m} (a {@link Mark}). Each row has the number of the transaction that
 * wrote it.
 *
 * <p>It works on the control session.
 */
final class Log {
  static final String TABLE = Triggers.PREFIX + "log";
  static final String META = Triggers.PREFIX + "meta";
  static final String TABLES = Triggers.PREFIX + "table";
  static final String SIGNAL = Triggers.PREFIX + "signal";

  /** So many cost a row of the log no room where they are null. */
  private static final int KEY_COLUMNS = 5;

  /** How many log rows one transaction removes. */
  private static final int PRUNED_AT_ONCE = 5000;

  /** Counting takes long where there is much to count. */
  private static final int COUNTED_AT_MOST = 1_000_000;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final Session session;
  private final String schema;

  Log(Session session, String schema) {
    this.session = session;
    this.schema = schema;
  }

  /** One of our tables, as SQL spells it. */
  String sql(String table) {
    return Names.quoted(schema) + "." + table;
  }

  /** Whether all of our tables are there. */
  boolean present() throws SQLException {
    return session.holds(
        "SELECT count(*) = 4 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            + " WHERE n.nspname = ? AND c.relname = ANY (?::text[])",
        schema,
        "{" + String.join(",", TABLE, META, TABLES, SIGNAL) + "}");
  }

  /** Makes what is missing, in one transaction. */
  void create() throws SQLException {
    if (!present()) {
      session.transaction(this::createMissing);
    }
  }

  private void createMissing() throws SQLException {
    // IF NOT EXISTS asks for the right to create one even where there is one.
    if (!session.holds("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = ?)", schema)) {
      session.execute("CREATE SCHEMA " + Names.quoted(schema));
    }
    String keys =
        IntStream.rangeClosed(1, KEY_COLUMNS)
            .mapToObj(i -> ", k" + i + " text COLLATE \"C\"")
            .collect(Collectors.joining());
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + sql(TABLE)
            + " (xid xid8 NOT NULL DEFAULT pg_current_xact_id(), tab oid NOT NULL,"
            + " op \"char\" NOT NULL"
            + keys
            + ") WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)");
    session.execute("CREATE INDEX IF NOT EXISTS " + TABLE + "_xid ON " + sql(TABLE) + " (xid)");
    session.execute(
        "CREATE TABLE IF NOT EXISTS " + sql(META) + " (name text PRIMARY KEY, value text)");
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + sql(TABLES)
            + " (tab oid PRIMARY KEY, name text NOT NULL, shape text NOT NULL,"
            + " triggers text NOT NULL)");
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + sql(SIGNAL)
            + " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action text, table_name text,"
            + " xid xid8 NOT NULL DEFAULT pg_current_xact_id())");
  }

  /** Gives the log as many key columns as the widest key needs. */
  void widen(int columns) throws SQLException {
    int present =
        Integer.parseInt(
            session.text(
                "SELECT count(*) FROM pg_attribute WHERE attrelid = ?::regclass"
                    + " AND attname ~ '^k[0-9]+$' AND NOT attisdropped",
                sql(TABLE)));
    for (int i = present + 1; i <= columns; i++) {
      session.execute("ALTER TABLE " + sql(TABLE) + " ADD COLUMN k" + i + " text COLLATE \"C\"");
    }
  }

  /** Removes all that was logged of a table. */
  void forget(long table) throws SQLException {
    session.update("DELETE FROM " + sql(TABLE) + " WHERE tab = ?", table);
  }

  /** Writes that triggers were installed on a table. */
  void installed(long table) throws SQLException {
    session.update("INSERT INTO " + sql(TABLE) + " (tab, op) VALUES (?, 'i')", table);
  }

  /**
   * Writes a mark, durably: with it, all that was committed before it is durable, also what was
   * committed with {@code synchronous_commit=off}.
   */
  Mark mark() throws SQLException {
    String nonce = Mark.newNonce();
    long[] xid = new long[1];
    session.transaction(
        () -> {
          session.execute("SET LOCAL synchronous_commit = on");
          xid[0] =
              Long.parseLong(
                  session.text(
                      "INSERT INTO "
                          + sql(TABLE)
                          + " (tab, op, k1) VALUES (0, 'm', ?)"
                          + " RETURNING xid",
                      nonce));
        });
    return new Mark(xid[0], nonce);
  }

  void requestSnapshot(String table) throws SQLException {
    session.update(
        "INSERT INTO " + sql(SIGNAL) + " (action, table_name) VALUES ('snapshot', ?)", table);
  }

  Horizon horizon() throws SQLException {
    return Horizon.parse(session.text("SELECT pg_current_snapshot()"));
  }

  /** The query that tells whether anything was logged that a view did not see, and the horizon. */
  String look(Horizon horizon) {
    return "SELECT pg_current_snapshot(), EXISTS (SELECT FROM "
        + sql(TABLE)
        + " WHERE "
        + horizon.unseen("xid")
        + " AND op <> 'm') OR EXISTS (SELECT FROM "
        + sql(SIGNAL)
        + " WHERE "
        + horizon.unseen("xid")
        + ")";
  }

  /** The query that tells whether the log is the one with that mark: one parameter, the nonce. */
  String marked(Mark mark) {
    return "EXISTS (SELECT FROM "
        + sql(TABLE)
        + " WHERE xid = '"
        + mark.xid()
        + "'::xid8 AND op = 'm' AND k1 = ?)";
  }

  /** Begins a new history. */
  String newEpoch() throws SQLException {
    byte[] id = new byte[8];
    RANDOM.nextBytes(id);
    String epoch = HexFormat.of().formatHex(id);
    remember("epoch", epoch);
    return epoch;
  }

  void remember(String name, String value) throws SQLException {
    session.update(
        "INSERT INTO "
            + sql(META)
            + " (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value ="
            + " excluded.value",
        name,
        value);
  }

  /** What is remembered under a name; null where nothing is. */
  String remembered(String name) throws SQLException {
    return session.text("SELECT value FROM " + sql(META) + " WHERE name = ?", name);
  }

  void forget(String name) throws SQLException {
    session.update("DELETE FROM " + sql(META) + " WHERE name = ?", name);
  }

  /**
   * Removes some of the rows that a view saw, and the requests among them.
   *
   * @return whether there may be more to remove
   */
  boolean prune(Horizon horizon) throws SQLException {
    int[] removed = new int[1];
    session.transaction(
        () -> {
          // Should the server lose this, it is done again.
          session.execute("SET LOCAL synchronous_commit = off");
          removed[0] = remove(TABLE, horizon);
          remove(SIGNAL, horizon);
        });
    return removed[0] == PRUNED_AT_ONCE;
  }

  private int remove(String table, Horizon horizon) throws SQLException {
    return session.update(
        "DELETE FROM "
            + sql(table)
            + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
            + sql(table)
            + " WHERE xid < '"
            + horizon.xmax()
            + "'::xid8 AND NOT "
            + horizon.unseen("xid")
            + " ORDER BY xid LIMIT "
            + PRUNED_AT_ONCE
            + "))");
  }

  /**
   * The number of the oldest transaction that has written to the log and not ended; null where none
   * has. What a transaction locks, any role may see.
   */
  String oldestTransaction() throws SQLException {
    return session.text(
        "SELECT x.transactionid FROM pg_locks x WHERE x.locktype = 'transactionid'"
            + " AND x.mode = 'ExclusiveLock' AND x.granted"
            + " AND EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            + " WHERE l.virtualtransaction = x.virtualtransaction AND l.mode = 'RowExclusiveLock'"
            + " AND d.datname = current_database() AND l.relation = ?::regclass)"
            + " ORDER BY age(x.transactionid) DESC LIMIT 1",
        sql(TABLE));
  }

  /** How many rows the log has, up to a million. */
  long depth() throws SQLException {
    return Long.parseLong(
        session.text(
            "SELECT count(*) FROM (SELECT FROM "
                + sql(TABLE)
                + " WHERE op <> 'm' LIMIT "
                + COUNTED_AT_MOST
                + ") l"));
  }
}
