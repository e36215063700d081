package io.distributary.source.sqlite;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Outage;
import io.distributary.source.capture.Slice;
import io.distributary.source.keylog.SnapshotProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentLinkedQueue;
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

  private final SnapshotProgress snapshots = new SnapshotProgress();
  private final Outage outage;

  private volatile Bookmark at;

  private Reading reading;
  private long seen;
  private boolean lookAnyway = true;

  private SqliteCapture(SqliteCaptureSettings settings, SourceDatabase source, Bookmark at) {
    this.settings = settings;
    this.source = source;
    this.pruning = new Pruning(source);
    this.at = at;
    this.outage =
        new Outage(
            settings.file().toString(),
            settings.busyLimit(),
            "See who holds a lock on it, or where the file went, and restart the task.");
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
        snapshots.stand(at.ready());
        outage.end();
        return;
      } catch (SQLException e) {
        source.close();
        if (!Session.isBusy(e)) {
          throw e;
        }
        outage.bear(e, e.toString());
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
        snapshots.passed(slice, slice.table() == null ? null : slice.table().id().name());
      }
      outage.end();
      return slice;
    } catch (SQLException e) {
      abandon(e);
      boolean opening = source.session() == null;
      if (!Session.isBusy(e) && !opening) {
        throw new CaptureException("Reading " + settings.file() + " failed: " + e.getMessage(), e);
      }
      outage.bear(e, e.toString());
    } catch (NoSuchFileException e) {
      outage.bear(e, e.toString());
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
    snapshots.begin(reading.ready(), reading.snapshotRows());
    seen = version;
    lookAnyway = false;
    SortedSet<String> due = snapshots.due(reading.end().ready());
    if (!due.isEmpty()) {
      LOG.info(
          "Snapshots of {} at {}: {} rows", due, reading.end().position(), reading.snapshotRows());
    }
    return true;
  }

  private void finish() throws SQLException {
    Reading finished = reading;
    reading = null;
    at = finished.end();
    snapshots.stand(at.ready());
    finished.close();
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

  @Override
  public void acknowledged(Map<String, ?> bookmark) {
    pruning.acknowledged(Bookmark.of(bookmark).position());
  }

  @Override
  public void requestSnapshot(String table) {
    boolean waiting =
        source.installation().tables().containsKey(table) && !snapshots.isReady(table);
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
    return snapshots.metrics(
        at.position().epoch(),
        at.position().lsn(),
        pruning.depth(at.position().lsn()),
        source.installation().tables().keySet());
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
