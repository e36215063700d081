package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replication slot: the server keeps its log from there on. It is used by one connector, and
 * whether it is still the one that a bookmark speaks of can be told.
 */
final class Slot {
  private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

  /** From 1970, as with us, to 2000, as with PostgreSQL, in microseconds. */
  private static final long EPOCH_2000 = 946_684_800_000_000L;

  private static final long LOOK_EVERY_MS = 100;

  /** How long a process of the server that was ended may take to end. */
  private static final Duration LEFT_OVER = Duration.ofSeconds(30);

  private final Sql sql;
  private final PostgresCaptureSettings settings;
  private final String name;

  Slot(Sql sql, PostgresCaptureSettings settings) {
    this.sql = sql;
    this.settings = settings;
    this.name = settings.names().slot();
  }

  /**
   * The slot as the server shows it.
   *
   * @param fault why it can be no slot of ours; null if it can
   * @param lost whether the server has removed log that it needs
   * @param pid the server's process that uses it; null for none
   * @param user the application that this belongs to; null where it is not known
   * @param confirmed the server keeps nothing that was committed before
   */
  record State(String fault, boolean lost, Integer pid, String user, long confirmed) {}

  /** The slot's state; null where there is none. */
  State state() throws SQLException {
    return sql.row(
        "SELECT s.plugin, s.slot_type, s.database, s.wal_status, s.active_pid, a.application_name,"
            + " s.confirmed_flush_lsn - '0/0'::pg_lsn FROM pg_catalog.pg_replication_slots s LEFT"
            + " JOIN pg_catalog.pg_stat_activity a ON a.pid = s.active_pid WHERE s.slot_name = ?",
        this::state,
        name);
  }

  private State state(ResultSet row) throws SQLException {
    String fault = null;
    if (!"logical".equals(row.getString(2))) {
      fault = "is a physical one";
    } else if (!"pgoutput".equals(row.getString(1))) {
      fault = "decodes with " + row.getString(1) + " in place of pgoutput";
    } else if (!sql.server().database().equals(row.getString(3))) {
      fault = "belongs to database " + row.getString(3);
    }
    return new State(
        fault,
        "lost".equals(row.getString(4)),
        (Integer) row.getObject(5),
        row.getString(6),
        row.getLong(7));
  }

  /**
   * The slot's state, once nobody uses it any more: the server may not yet know that a connection
   * is gone.
   *
   * @return null where there is no slot
   * @throws CaptureException when it stays in use, or can be none of ours
   */
  State free() throws SQLException {
    long deadline = System.nanoTime() + settings.times().trouble().toNanos();
    State state = state();
    if (state != null && state.fault != null) {
      throw new CaptureException(refusal(state));
    }
    while (state != null && state.pid != null) {
      if (System.nanoTime() > deadline) {
        throw new CaptureException(inUse(state));
      }
      pause();
      state = state();
    }
    return state;
  }

  /** Why a slot can be none of ours, and what to do. */
  String refusal(State state) {
    return "The replication slot "
        + name
        + " "
        + state.fault
        + ". Name another with slot.name, or: SELECT pg_drop_replication_slot('"
        + name
        + "')";
  }

  private String inUse(State state) {
    return "The replication slot "
        + name
        + " is in use by '"
        + state.user
        + "' (process "
        + state.pid
        + " of the server). A slot serves one connector: give each its own with slot.name; or end"
        + " the other: SELECT pg_terminate_backend("
        + state.pid
        + ")";
  }

  /** Waits a little before looking again. */
  static void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException("Stopped while waiting for the replication slot", e);
    }
  }

  /** Makes the slot. The server waits with it until all transactions that are open have ended. */
  State create() throws SQLException {
    List<String> open =
        sql.rows(
            "SELECT pid || ' (' || coalesce(application_name, '') || ', ' || state || ')' FROM"
                + " pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL AND pid <>"
                + " pg_backend_pid()",
            row -> row.getString(1));
    if (!open.isEmpty()) {
      LOG.warn(
          "The server makes the replication slot {} when the transactions that are open have"
              + " ended. Its processes with one: {}",
          name,
          open);
    }
    sql.text("SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput')", name);
    State state = state();
    LOG.info("Made the replication slot {} at {}", name, Lsn.text(state.confirmed));
    return state;
  }

  /** Removes the slot, if there is one. */
  void drop() throws SQLException {
    drop(sql, name);
  }

  /** Removes a slot, if there is one of that name. */
  static void drop(Sql sql, String slot) throws SQLException {
    sql.rows(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_catalog.pg_replication_slots WHERE"
            + " slot_name = ?",
        row -> null,
        slot);
  }

  /**
   * Removes a slot, if there is one of that name, and takes it from whoever uses it: what is left
   * of a task that the server has not yet noticed to be gone.
   */
  static void dropLeftOver(Sql sql, String slot) throws SQLException {
    long deadline = System.nanoTime() + LEFT_OVER.toNanos();
    while (sql.yes(
            "SELECT pg_terminate_backend(active_pid) FROM pg_catalog.pg_replication_slots WHERE"
                + " slot_name = ? AND active_pid IS NOT NULL",
            slot)
        && System.nanoTime() < deadline) {
      pause();
    }
    drop(sql, slot);
  }

  /**
   * Why the slot does not continue what a bookmark speaks of; null if it does. The server is asked
   * for the bookmark's own transaction: in another history, another stands there.
   *
   * @param state the slot, used by nobody; null where there is none
   */
  String broken(State state, Bookmark bookmark) throws SQLException {
    if (state == null) {
      return "the replication slot " + name + " is gone";
    } else if (state.lost) {
      return "the server has removed log that the replication slot "
          + name
          + " needs (max_slot_wal_keep_size)";
    } else if (state.confirmed > bookmark.before()) {
      return "the replication slot "
          + name
          + " was made anew or moved by somebody else: it stands at "
          + Lsn.text(state.confirmed)
          + ", beyond "
          + Lsn.text(bookmark.before())
          + ", where this connector has left it";
    }
    long written = sql.number("SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn");
    if (written < bookmark.lsn()) {
      return "the server's log ends at "
          + Lsn.text(written)
          + ", before "
          + Lsn.text(bookmark.lsn())
          + ", up to where it was read: the server is an older copy of itself";
    }
    return bookmark.transaction() == 0 || holds(bookmark)
        ? null
        : "transaction "
            + bookmark.transaction()
            + ", which was read at "
            + Lsn.text(bookmark.lsn())
            + ", is not there: the server is an older copy of itself";
  }

  /** Whether the transaction is where it was. The commit message is that of the protocol's docs. */
  private boolean holds(Bookmark bookmark) throws SQLException {
    byte[] commit =
        sql.row(
            "SELECT data FROM pg_logical_slot_peek_binary_changes(?, ?::pg_lsn, NULL,"
                + " 'proto_version', '1', 'publication_names', ?, 'messages', 'true') WHERE"
                + " get_byte(data, 0) = ascii('C') AND lsn = ?::pg_lsn AND xid::text = ?",
            row -> row.getBytes(1),
            name,
            Lsn.text(bookmark.lsn()),
            '"' + settings.names().publication().replace("\"", "\"\"") + '"',
            Lsn.text(bookmark.lsn()),
            Long.toString(bookmark.transaction()));
    return commit != null
        && ByteBuffer.wrap(commit).getLong(commit.length - Long.BYTES) + EPOCH_2000
            == bookmark.committed();
  }
}
