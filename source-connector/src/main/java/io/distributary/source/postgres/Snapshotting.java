package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When tables are read whole, and where that takes its place in the stream: after the transactions
 * up to its LSN, before those beyond. While that LSN is not known nothing may be passed on, for it
 * could be beyond.
 *
 * <p>For the capture's thread, but {@link #rowsRead}.
 */
final class Snapshotting implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshotting.class);

  /** How long the tables that are ready wait for one to begin, and how old its obstacles may be. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration LATER = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final PostgresCaptureSettings settings;
  private final CapturedTables tables;
  private final Requests requests;
  private final AtomicLong rowsRead = new AtomicLong();
  private SnapshotReading reading;
  private boolean begun;
  private boolean turn;
  private long startedAt;
  private long notBefore = System.nanoTime();

  Snapshotting(PostgresCaptureSettings settings, CapturedTables tables, Requests requests) {
    this.settings = settings;
    this.tables = tables;
    this.requests = requests;
  }

  /**
   * Begins to read tables, where some are due.
   *
   * @return whether the stream must wait, as the LSN is not known yet
   */
  boolean holds(SourceStream stream, String epoch) throws SQLException, InterruptedException {
    if (reading == null) {
      List<CapturedTable> due = tables.due();
      if (due.isEmpty() || System.nanoTime() - notBefore < 0 || obstructed(stream)) {
        return false;
      }
      LOG.info("A snapshot of {} is due", due);
      rowsRead.set(0);
      reading = stream.snapshot(due);
      startedAt = System.nanoTime();
    }
    if (!begun && reading.begun(epoch, LOOK)) {
      begun = true;
      stream.beat(); // something must come that is beyond its LSN
    } else if (!begun && tables.anyReady() && System.nanoTime() - startedAt > PATIENCE.toNanos()) {
      later();
    }
    return reading != null && !begun;
  }

  private boolean obstructed(SourceStream stream) throws SQLException {
    if (!tables.anyReady()) {
      return false;
    }
    String oldest = stream.openLongerThan(PATIENCE);
    if (oldest != null) {
      LOG.warn(
          "A snapshot is due, and cannot begin before transactions end that are open: {}", oldest);
      notBefore = System.nanoTime() + LATER.toNanos();
    }
    return oldest != null;
  }

  private void later() {
    LOG.warn("A snapshot could not begin within {} s: trying again later", PATIENCE.toSeconds());
    close();
    notBefore = System.nanoTime() + LATER.toNanos();
  }

  /** Whether nothing is being read, so that the stream goes on without it. */
  boolean idle() {
    return reading == null;
  }

  /** Whether a transaction is beyond the snapshot's LSN, which has its turn before. */
  boolean precedes(Transaction transaction) {
    turn = begun && transaction.lsn() > reading.lsn();
    return turn;
  }

  /** Whether it has its turn. */
  boolean hasTurn() {
    return turn;
  }

  /** The next slice, when it has its turn; null when there is none yet. */
  Slice next(Bookmark at) throws InterruptedException {
    Slice slice = reading.next(table -> sent(table, at));
    if (slice != null) {
      rowsRead.addAndGet(slice.changes().size());
      tables.reading(slice.endOfTable() ? null : slice.table().id().qualifiedName());
    }
    if (reading.done()) {
      close();
    }
    return slice;
  }

  private Bookmark sent(CapturedTable table, Bookmark at) {
    tables.sent(table);
    boolean counts = !settings.snapshots().together() || reading.waiting().isEmpty();
    Bookmark bookmark = counts ? tables.in(at) : at;
    requests.answered(table, bookmark);
    return bookmark;
  }

  /** How many rows were read of the snapshots that began together. */
  long rowsRead() {
    return rowsRead.get();
  }

  /**
   * Gives up what was begun, to begin anew.
   *
   * @throws CaptureException when a part of a table was sent already, which only a restart can send
   *     again
   */
  void abandon(Exception reason) {
    boolean partly = reading != null && reading.handedOut();
    close();
    if (partly) {
      throw new CaptureException(
          "Reading "
              + settings.server()
              + " failed inside of a snapshot, which a restart begins anew: "
              + Troubles.message(reason),
          reason);
    }
  }

  @Override
  public void close() {
    if (reading != null) {
      reading.close();
      reading = null;
    }
    tables.reading(null);
    begun = false;
    turn = false;
  }
}
