package io.distributary.source.sqlite;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the committed changes of a SQLite database by triggers that log the keys of touched
 * rows. See the design, section 3, for what that promises.
 */
public final class SqliteCapture implements Capture {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteCapture.class);

  private final SqliteCaptureSettings settings;
  private final SourceDatabase source;
  private final Pruning pruning;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private volatile Bookmark at;
  private volatile SortedSet<String> ready = new TreeSet<>();
  private volatile String snapshotting;
  private final AtomicLong snapshotRead = new AtomicLong();
  private volatile long snapshotTotal;

  private Reading reading;
  private long seen;
  private boolean lookAnyway = true;
  private long troubleSince = -1;

  private SqliteCapture(SqliteCaptureSettings settings, SourceDatabase source, Bookmark at) {
    this.settings = settings;
    this.source = source;
    this.pruning = new Pruning(source);
    this.at = at;
  }

  /**
   * Opens a database, installs log and triggers in it, and stands ready to read on.
   *
   * @param bookmark where to resume; null for a first start
   * @throws CaptureException when the file is missing or not a database, a table cannot be
   *     captured, or the bookmark is not one of ours
   */
  public static SqliteCapture open(SqliteCaptureSettings settings, Map<String, ?> bookmark) {
    if (!Files.isRegularFile(settings.file())) {
      throw new CaptureException(
          "There is no database file "
              + settings.file()
              + ". It is never created here: correct connection.url, or restore the file.");
    }
    Bookmark resumed = bookmark == null ? null : Bookmark.of(bookmark);
    SourceDatabase source = new SourceDatabase(settings);
    SqliteCapture capture = new SqliteCapture(settings, source, resumed);
    try {
      capture.openWaiting();
      return capture;
    } catch (SQLException | IOException e) {
      capture.close();
      throw new CaptureException(
          "The database " + settings.file() + " cannot be captured: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      capture.close();
      throw e;
    }
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
  public static SqliteCheck check(SqliteCaptureSettings settings) {
    return SqliteCheck.of(settings);
  }

  private void openWaiting() throws SQLException, IOException {
    while (true) {
      try {
        source.ensureOpen();
        at = at == null ? source.firstBookmark() : at;
        ready = at.ready();
        troubleSince = -1;
        return;
      } catch (SQLException e) {
        source.close();
        if (!Session.isBusy(e)) {
          throw e;
        }
        trouble(e);
      }
    }
  }

  @Override
  public Slice poll(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      Slice slice = next();
      long left = deadline - System.nanoTime();
      if (slice != null || left <= 0) {
        return slice;
      }
      Thread.sleep(Math.min(settings.pollInterval().toMillis(), left / 1_000_000 + 1));
    }
  }

  /** The next slice of what is being read, or else of what was committed since. */
  private Slice next() {
    try {
      source.defend();
      if (reading == null && !look()) {
        return null;
      }
      Slice slice = reading.next();
      if (slice == null) {
        finish();
      } else {
        account(slice);
      }
      troubleSince = -1;
      return slice;
    } catch (SQLException e) {
      abandon(e);
      boolean opening = source.session() == null;
      if (!Session.isBusy(e) && !opening) {
        throw new CaptureException("Reading " + settings.file() + " failed: " + e.getMessage(), e);
      }
      trouble(e);
    } catch (NoSuchFileException e) {
      trouble(e);
    } catch (IOException e) {
      throw new CaptureException("Reading " + settings.file() + " failed: " + e, e);
    }
    return null;
  }

  /** Looks for commits since; returns whether there is something to read. */
  private boolean look() throws SQLException, IOException {
    if (source.ensureOpen()) {
      lookAnyway = true;
    }
    pruning.prune(at.position());
    answerRequests();
    long version = source.dataVersion();
    if (version == seen && !lookAnyway) {
      return false;
    }
    SourceDatabase.Found found = source.read(at);
    at = found.from();
    reading = found.reading();
    ready = reading.ready();
    snapshotRead.set(0);
    snapshotTotal = reading.snapshotRows();
    seen = version;
    lookAnyway = false;
    if (!ready.equals(reading.end().ready())) {
      SortedSet<String> due = new TreeSet<>(reading.end().ready());
      due.removeAll(ready);
      LOG.info("Snapshots of {} at {}: {} rows", due, reading.end().position(), snapshotTotal);
    }
    return true;
  }

  private void finish() throws SQLException {
    Reading finished = reading;
    reading = null;
    at = finished.end();
    ready = at.ready();
    snapshotting = null;
    snapshotTotal = 0;
    finished.close();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes, others only look
  private void account(Slice slice) {
    if (slice.header().kind() == UnitKind.SNAPSHOT) {
      snapshotting = slice.endOfTable() ? null : slice.table().id().name();
      snapshotRead.addAndGet(slice.changes().size());
      if (slice.endOfTable()) {
        SortedSet<String> more = new TreeSet<>(ready);
        more.add(slice.table().id().name());
        ready = more;
      }
    }
  }

  /** Makes requests part of the log, so that a restart does not forget them. */
  private void answerRequests() throws SQLException {
    for (String table = requests.peek(); table != null; table = requests.peek()) {
      if (source.installation().tables().containsKey(table)) {
        String asked = table;
        source.session().write(() -> Log.requestSnapshot(source.session(), asked));
        lookAnyway = true;
      } else {
        LOG.warn("A snapshot was asked for of {}, which is not captured", table);
      }
      requests.remove();
    }
  }

  /** Gives up what was begun, so that the next look begins anew. */
  private void abandon(SQLException reason) {
    lookAnyway = true;
    if (reading != null) {
      boolean started = reading.started();
      try {
        reading.close();
      } catch (SQLException e) {
        reason.addSuppressed(e);
      }
      reading = null;
      if (started) {
        throw new CaptureException(
            "Reading "
                + settings.file()
                + " failed inside a transaction, which a restart reads again: "
                + reason.getMessage(),
            reason);
      }
    }
  }

  /** Waits for a trouble to pass, until the limit. */
  private void trouble(Exception trouble) {
    long now = System.nanoTime();
    if (troubleSince < 0) {
      troubleSince = now;
      LOG.warn("Waiting for {}: {}", settings.file(), trouble.toString());
    } else if (now - troubleSince > settings.busyLimit().toNanos()) {
      throw new CaptureException(
          "The database "
              + settings.file()
              + " could not be used for "
              + settings.busyLimit().toSeconds()
              + " s: "
              + trouble
              + ". See who holds a lock on it, or where the file went, and restart the task.",
          trouble);
    }
  }

  @Override
  public void acknowledged(Map<String, ?> bookmark) {
    pruning.acknowledged(Bookmark.of(bookmark).position());
  }

  @Override
  public void requestSnapshot(String table) {
    boolean waiting = source.installation().tables().containsKey(table) && !ready.contains(table);
    if (!waiting && !requests.contains(table)) {
      requests.add(table);
    }
  }

  @Override
  public int requestsNotDurable() {
    return requests.size();
  }

  /** How the capture is doing. Any thread may ask. */
  @Override
  public CaptureMetrics metrics() {
    Map<String, String> tables = new HashMap<>();
    for (String table : source.installation().tables().keySet()) {
      tables.put(
          table,
          table.equals(snapshotting)
              ? CaptureMetrics.SNAPSHOT
              : ready.contains(table) ? CaptureMetrics.READY : CaptureMetrics.WAITING);
    }
    return new CaptureMetrics(
        at.position().epoch(),
        at.position().lsn(),
        pruning.depth(at.position().lsn()),
        tables,
        snapshotRead.get(),
        snapshotTotal,
        0);
  }

  @Override
  public void close() {
    try {
      if (reading != null) {
        reading.close();
        reading = null;
      }
      source.close();
    } catch (SQLException e) {
      LOG.warn("Closing {} failed", settings.file(), e);
    }
  }
}
