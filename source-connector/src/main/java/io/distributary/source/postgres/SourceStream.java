package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is open of a source: our own connection, and the task that follows the slot from a bookmark
 * on. After an error it is closed, and another one is opened.
 *
 * <p>Not for several threads.
 */
final class SourceStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceStream.class);

  private final PostgresCaptureSettings settings;
  private final Sql sql;
  private final CapturedTables tables;
  private final Publication publication;
  private final Catalogue catalogue;
  private final RowShapes shapes;
  private final Assembly assembly;
  private final Deque<SourceRecord> records = new ArrayDeque<>();
  private final Slot slot;
  private DebeziumTask task;
  private Bookmark from;

  private SourceStream(PostgresCaptureSettings settings, Sql sql, CapturedTables tables)
      throws SQLException {
    this.settings = settings;
    this.sql = sql;
    this.tables = tables;
    this.slot = new Slot(sql, settings);
    this.publication = new Publication(sql, settings.names().publication());
    this.catalogue = new Catalogue(sql, new TableSelection(settings.tables()));
    this.shapes = new RowShapes(sql.connection());
    this.assembly = new Assembly(settings, tables::find, shapes, new MovedRows(sql.connection()));
  }

  /**
   * Opens the source.
   *
   * @param bookmark what to read on after; null for a first start
   * @param anew whether the task has just been started, and not only its connection
   * @throws CaptureException when it cannot be captured, or the bookmark's history is lost and may
   *     not be begun anew
   * @throws SQLException when the server cannot be reached
   */
  static SourceStream open(
      PostgresCaptureSettings settings, CapturedTables tables, Bookmark bookmark, boolean anew)
      throws SQLException {
    Sql sql = Sql.open(settings);
    SourceStream stream = new SourceStream(settings, sql, tables);
    try {
      stream.begin(bookmark, anew);
      return stream;
    } catch (SQLException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  private void begin(Bookmark bookmark, boolean anew) throws SQLException {
    new ServerCheck(sql, settings).require();
    new SlotOwner(sql, settings).take(anew);
    Slot.State state = slot.free();
    // Before the slot: what was logged before a publication was made cannot be decoded with it.
    Catalogue.Selected selected = catalogue.select();
    DebeziumSettings.require(settings, selected.tables());
    Publication.Change published = publication.publish(selected.published());
    boolean unpublished = published.before() == null || replaced(published, bookmark);
    String identity = identity();
    from = bookmark == null ? null : history(state, bookmark, identity, unpublished);
    if (from == null) {
      if (state == null || state.lost() || unpublished) {
        slot.drop();
        state = slot.create();
      }
      String birth = bookmark == null ? "" : "-" + nonce();
      from =
          Bookmark.first(
              identity + "-" + Long.toHexString(state.confirmed()) + birth,
              state.confirmed(),
              settings.names().slot());
    }
    tables.resume(from);
    tables.found(selected, published);
    from = tables.in(from);
    task = new DebeziumTask(DebeziumSettings.streaming(settings), from.lsn());
    task.start();
  }

  /** Whether the publication is not the one of the bookmark, and nothing was published between. */
  private static boolean replaced(Publication.Change published, Bookmark bookmark) {
    return bookmark != null && Published.of(bookmark.published()).wasReplacedBy(published.before());
  }

  /** The bookmark if its history goes on; null where a new one begins. */
  private Bookmark history(
      Slot.State state, Bookmark bookmark, String identity, boolean unpublished)
      throws SQLException {
    String lost;
    if (!bookmark.position().epoch().startsWith(identity + "-")) {
      lost =
          "this is another server or timeline ("
              + identity
              + ") than was read ("
              + bookmark.position().epoch()
              + ")";
    } else if (!bookmark.slot().equals(settings.names().slot())) {
      lost = "the replication slot is another one than " + bookmark.slot();
    } else if (unpublished) {
      lost = "the publication " + settings.names().publication() + " was dropped, or made anew";
    } else {
      lost = slot.broken(state, bookmark);
    }
    if (lost == null) {
      return bookmark;
    }
    if (settings.snapshots().mode() == SnapshotMode.NEVER) {
      throw new CaptureException(
          "The history of "
              + settings.server()
              + " cannot be read on: "
              + lost
              + ". Changes may be missing, and snapshot=never forbids to read the tables anew. Set"
              + " snapshot=when_needed; or, if nothing is missing, reset the connector's offsets.");
    }
    LOG.warn(
        "The history of {} cannot be read on: {}. A new epoch begins, with new snapshots.",
        settings.server(),
        lost);
    return null;
  }

  private String identity() throws SQLException {
    return sql.text(
        "SELECT system_identifier || '-' || ('x' || substr(pg_walfile_name(pg_current_wal_lsn()),"
            + " 1, 8))::bit(32)::int FROM pg_control_system()");
  }

  private static String nonce() {
    byte[] nonce = new byte[4];
    ThreadLocalRandom.current().nextBytes(nonce);
    return HexFormat.of().formatHex(nonce);
  }

  /** What it reads on after. */
  Bookmark from() {
    return from;
  }

  /** The next transaction, once all of it was read; null when there is none yet. */
  Transaction poll() throws InterruptedException {
    if (records.isEmpty()) {
      records.addAll(task.poll());
    }
    return atHand();
  }

  /** The next transaction of which all was read already; null when there is none. */
  Transaction atHand() {
    while (!records.isEmpty()) {
      Transaction transaction = assembly.take(records.poll());
      if (transaction != null) {
        return transaction;
      }
    }
    return null;
  }

  /** Lets the server forget what was committed up to there. */
  void confirm(long lsn) throws InterruptedException {
    task.confirm(lsn);
  }

  /**
   * Looks for tables that were made, changed or dropped since, and publishes them.
   *
   * @return whether that changed anything
   */
  boolean look() throws SQLException {
    Catalogue.Selected selected = catalogue.select();
    Publication.Change published = publication.publish(selected.published());
    if (published.before() == null || tables.published().wasReplacedBy(published.before())) {
      throw new CaptureException(
          "The publication "
              + settings.names().publication()
              + " was dropped. Restart the task, which begins with new snapshots.");
    }
    boolean changed = tables.found(selected, published);
    if (changed) {
      assembly.tablesChanged();
    }
    return changed;
  }

  /** How many bytes of log the server has written beyond an LSN. */
  long writtenSince(long lsn) throws SQLException {
    return sql.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn") - lsn;
  }

  /** How many bytes of log the server keeps for the slot. */
  long kept() throws SQLException {
    return sql.number(
        "SELECT pg_current_wal_insert_lsn() - restart_lsn FROM pg_catalog.pg_replication_slots"
            + " WHERE slot_name = ?",
        settings.names().slot());
  }

  /**
   * The number of the server's oldest transaction that has written and not ended; null where none
   * has. What a transaction locks, any role may see.
   */
  String oldestTransaction() throws SQLException {
    return sql.text(
        "SELECT transactionid::text FROM pg_catalog.pg_locks WHERE locktype = 'transactionid'"
            + " AND mode = 'ExclusiveLock' AND granted ORDER BY age(transactionid) DESC LIMIT 1");
  }

  /**
   * Commits a transaction that holds nothing but a message of ours, so that there is one to read.
   */
  void beat() throws SQLException {
    sql.text("SELECT pg_logical_emit_message(true, ?, '')", Assembly.heartbeat(settings));
  }

  /**
   * A transaction that has been open for longer, and would keep a slot from being made; or null.
   */
  String openLongerThan(Duration time) throws SQLException {
    return sql.text(
        "SELECT what FROM (SELECT 'process ' || pid || ' (' || coalesce(application_name, '') ||"
            + " ') since ' || xact_start AS what, xact_start AS since FROM"
            + " pg_catalog.pg_stat_activity WHERE backend_xid IS NOT NULL UNION ALL SELECT"
            + " 'prepared transaction ' || gid || ' since ' || prepared, prepared FROM"
            + " pg_catalog.pg_prepared_xacts) open WHERE since < now() - make_interval(secs => ?)"
            + " ORDER BY since LIMIT 1",
        (double) time.toSeconds());
  }

  /** Begins to read tables whole. */
  SnapshotReading snapshot(List<CapturedTable> due) throws SQLException {
    return new SnapshotReading(settings, sql, shapes, due);
  }

  @Override
  public void close() {
    try {
      assembly.close();
    } finally {
      try {
        if (task != null) {
          task.close();
        }
      } finally {
        sql.close(); // with it goes the right to the slot
      }
    }
  }
}
