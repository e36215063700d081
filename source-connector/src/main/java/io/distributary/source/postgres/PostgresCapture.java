package io.distributary.source.postgres;

import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.OldestTransaction;
import io.distributary.source.capture.Outage;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Captures the committed changes of a PostgreSQL database by logical decoding, which Debezium's own
 * task does. See the design, section 3, for what that promises.
 */
public final class PostgresCapture implements Capture {
  /** The log is kept in files of 16 MB: moving the slot by less frees nothing. */
  private static final long BEAT_AFTER_BYTES = 1 << 20;

  private static final Duration REOPEN_EVERY = Duration.ofMillis(500);

  /** An outage has ended when the stream has lasted that long. */
  private static final Duration SETTLED = Duration.ofSeconds(10);

  private final PostgresCaptureSettings settings;
  private final CapturedTables tables;
  private final Requests requests = new Requests();
  private final Snapshotting snapshots;
  private final Outage outage;

  private volatile Bookmark at;
  private volatile Bookmark acknowledged;
  private volatile long depth;
  private final OldestTransaction oldest = new OldestTransaction();

  private boolean opened;
  private SourceStream stream;
  private TransactionSlices current;
  private Transaction waiting;
  private long looked;
  private long reopened;

  private PostgresCapture(PostgresCaptureSettings settings, Bookmark at) {
    this.settings = settings;
    this.tables = new CapturedTables(settings);
    this.snapshots = new Snapshotting(settings, tables, requests);
    this.at = at;
    this.outage =
        new Outage(
            settings.server().toString(),
            settings.times().trouble(),
            "Restart the task when it can be reached.");
  }

  /**
   * Opens a database, makes slot and publication in it where they are missing, and stands ready to
   * read on. A server that cannot be reached is waited for later.
   *
   * @param bookmark where to resume; null for a first start
   * @throws CaptureException when the server or a table cannot be captured, or the bookmark is not
   *     one of ours
   */
  public static PostgresCapture open(PostgresCaptureSettings settings, Map<String, ?> bookmark) {
    DebeziumSettings.require(settings);
    Bookmark resumed = bookmark == null ? null : Bookmark.of(bookmark);
    PostgresCapture capture = new PostgresCapture(settings, resumed);
    try {
      capture.reopen();
    } catch (SQLException | RuntimeException e) {
      capture.failed(e);
    }
    return capture;
  }

  /**
   * Refuses a source offset that no capture could have written.
   *
   * @throws CaptureException that says what is wrong with it
   */
  public static void checkBookmark(Map<String, ?> offset) {
    Bookmark.of(offset);
  }

  /** Looks at a database without changing anything. */
  public static PostgresCheck check(PostgresCaptureSettings settings) {
    return PostgresCheck.of(settings);
  }

  private void reopen() throws SQLException {
    stream = SourceStream.open(settings, tables, at, !opened);
    opened = true;
    at = stream.from();
    looked = System.nanoTime();
    reopened = looked;
  }

  @Override
  public Slice poll(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      Slice slice = next();
      if (slice != null || System.nanoTime() - deadline >= 0) {
        return slice;
      }
    }
  }

  /** The next slice of what is at hand, or else of what comes from the server. */
  private Slice next() throws InterruptedException {
    try {
      if (current != null) {
        return ofTransaction();
      }
      if (stream == null) {
        Thread.sleep(REOPEN_EVERY.toMillis());
        reopen();
      }
      keepHouse();
      if (snapshots.hasTurn()) {
        return ofSnapshot();
      }
      return snapshots.holds(stream, at.position().epoch()) ? null : ofStream();
    } catch (SQLException | RuntimeException e) {
      failed(e);
      return null;
    }
  }

  @Override
  public Slice atHand() {
    try {
      if (current != null) {
        return current.inMemory() ? ofTransaction() : null;
      }
      if (stream == null || waiting != null || !snapshots.idle()) {
        return null;
      }
      Transaction transaction = stream.atHand();
      while (transaction != null) {
        Slice slice = begin(transaction);
        if (slice != null) {
          return slice;
        }
        transaction = stream.atHand();
      }
      return null;
    } catch (RuntimeException e) {
      failed(e);
      return null;
    }
  }

  private Slice ofStream() throws InterruptedException {
    Transaction transaction = waiting == null ? stream.poll() : waiting;
    waiting = null;
    if (transaction == null) {
      return null;
    }
    if (snapshots.precedes(transaction)) {
      waiting = transaction;
      return null;
    }
    return begin(transaction);
  }

  private Slice begin(Transaction transaction) {
    Signals.take(transaction, tables, requests);
    requests.pass(tables);
    Bookmark after =
        tables.in(at.after(transaction.lsn(), transaction.id(), transaction.committed()));
    current = new TransactionSlices(transaction, after, tables::counts, settings);
    if (!current.ended()) {
      return ofTransaction();
    }
    finish();
    if (!transaction.heartbeat()) {
      return null;
    }
    UnitHeader header =
        new UnitHeader(UnitKind.UPDATE, at.position(), at.committed() / 1000, at.transaction());
    return new Slice(header, null, List.of(), true, true, at.toMap());
  }

  private Slice ofTransaction() {
    Slice slice = current.next();
    if (current.ended()) {
      finish();
    }
    return slice;
  }

  private void finish() {
    at = current.bookmark();
    current.close();
    current = null;
  }

  private Slice ofSnapshot() throws InterruptedException {
    Slice slice = snapshots.next(at);
    if (slice != null && slice.endOfTransaction()) {
      at = Bookmark.of(slice.bookmark());
    }
    return slice;
  }

  private void keepHouse() throws SQLException, InterruptedException {
    requests.pass(tables);
    // What Debezium begins in the background may fail a little later, again and again.
    long settled = Math.min(SETTLED.toNanos(), settings.times().trouble().toNanos() / 3);
    if (System.nanoTime() - reopened >= settled) {
      outage.end();
    }
    Bookmark stored = acknowledged;
    if (stored != null && stored.position().sameEpoch(at.position())) {
      requests.stored(stored);
      stream.confirm(stored.before());
    }
    if (System.nanoTime() - looked >= settings.times().heartbeat().toNanos()) {
      looked = System.nanoTime();
      stream.look();
      depth = stream.kept();
      oldest.seen(stream.oldestTransaction());
      if (stream.writtenSince(at.lsn()) > BEAT_AFTER_BYTES) {
        stream.beat();
      }
    }
  }

  /** Closes what is open, and waits for the trouble to pass if it may. */
  private void failed(Exception error) {
    boolean partly = current != null;
    closeStream(error);
    if (partly && Troubles.mayPass(error)) {
      close();
      throw new CaptureException(
          "Reading "
              + settings.server()
              + " failed inside of a transaction, which a restart reads again: "
              + Troubles.message(error),
          error);
    }
    if (!Troubles.mayPass(error)) {
      close();
      if (Troubles.isInterval(error)) {
        // Not the cause itself, whose message holds the value.
        throw new CaptureException(Troubles.ofInterval(tables.all()));
      }
      throw error instanceof CaptureException known
          ? known
          : new CaptureException(
              "Reading " + settings.server() + " failed: " + Troubles.message(error), error);
    }
    try {
      outage.bear(error, Troubles.message(error));
    } catch (CaptureException e) {
      close();
      throw e;
    }
  }

  private void closeStream(Exception reason) {
    if (waiting != null) {
      waiting.close();
      waiting = null; // it comes again
    }
    try {
      snapshots.abandon(reason);
    } finally {
      if (stream != null) {
        SourceStream closing = stream;
        stream = null;
        closing.close();
      }
    }
  }

  @Override
  public void acknowledged(Map<String, ?> bookmark) {
    acknowledged = Bookmark.of(bookmark);
  }

  @Override
  public void requestSnapshot(String table) {
    requests.ask(table);
  }

  @Override
  public int requestsNotDurable() {
    return requests.notDurable();
  }

  @Override
  public CaptureMetrics metrics() {
    Bookmark now = at;
    return new CaptureMetrics(
        now == null ? "" : now.position().epoch(),
        now == null ? 0 : now.lsn(),
        depth,
        tables.states(),
        snapshots.rowsRead(),
        0,
        oldest.ageMs());
  }

  @Override
  public void close() {
    try {
      if (current != null) {
        current.close();
      }
    } finally {
      current = null;
      try {
        snapshots.close();
      } finally {
        closeStream(null);
      }
    }
  }
}
