package io.distributary.source.postgres.trigger;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import io.distributary.source.capture.Outage;
import io.distributary.source.capture.Slice;
import io.distributary.source.keylog.SnapshotProgress;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures the committed changes of a PostgreSQL database by triggers that log the keys of touched
 * rows. See the design, section 3, for what that promises, and {@link Horizon} for the order.
 */
public final class TriggerCapture implements Capture {
  private static final Logger LOG = LoggerFactory.getLogger(TriggerCapture.class);

  private final TriggerCaptureSettings settings;
  private final SourceDatabase source;
  private final Pruning pruning = new Pruning();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  private final SnapshotProgress snapshots = new SnapshotProgress();
  private final Outage outage;

  private volatile Bookmark at;

  private Reading reading;
  private boolean lookAnyway = true;
  private boolean installationDue;
  private String catalogueSeen = "";
  private long nextCatalogue = System.nanoTime();

  private TriggerCapture(TriggerCaptureSettings settings, SourceDatabase source, Bookmark at) {
    this.settings = settings;
    this.source = source;
    this.at = at;
    this.outage =
        new Outage(
            settings.server().toString(),
            settings.times().trouble(),
            "See whether the server is up, and who holds a lock (pg_blocking_pids), and restart the"
                + " task.");
  }

  /**
   * Connects to a database, installs log and triggers in it, and stands ready to read on.
   *
   * @param bookmark where to resume; null for a first start
   * @throws CaptureException when the server cannot be reached or used, a right is missing, a table
   *     cannot be captured, or the bookmark is not one of ours
   */
  public static TriggerCapture open(TriggerCaptureSettings settings, Map<String, ?> bookmark) {
    Bookmark resumed = bookmark == null ? null : Bookmark.of(bookmark);
    TriggerCapture capture = new TriggerCapture(settings, new SourceDatabase(settings), resumed);
    try {
      capture.openWaiting();
      return capture;
    } catch (SQLException e) {
      capture.close();
      throw new CaptureException(
          "The database " + settings.server() + " cannot be captured: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      capture.close();
      Thread.currentThread().interrupt();
      throw new CaptureException("Stopped while waiting for " + settings.server(), e);
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
  public static TriggerCheck check(TriggerCaptureSettings settings) {
    return TriggerCheck.of(settings);
  }

  private void openWaiting() throws SQLException, InterruptedException {
    while (true) {
      try {
        source.ensureOpen();
        at = at == null ? source.firstBookmark() : at;
        snapshots.stand(at.ready());
        outage.end();
        return;
      } catch (SQLException e) {
        if (!Session.isPassing(e)) {
          throw e;
        }
        outage.bear(e, e.getMessage());
        Thread.sleep(settings.times().poll().toMillis());
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
      Thread.sleep(Math.min(settings.times().poll().toMillis(), left / 1_000_000 + 1));
    }
  }

  /** The next slice of what is being read, or else of what was committed since. */
  private Slice next() {
    try {
      source.defend();
      if (reading == null && !look()) {
        outage.end();
        return null;
      }
      Slice slice = reading.next();
      if (slice == null) {
        finish();
      } else {
        snapshots.passed(slice, slice.table() == null ? null : slice.table().id().qualifiedName());
      }
      outage.end();
      return slice;
    } catch (SQLException e) {
      abandon(e);
      if (!Session.isPassing(e)) {
        throw new CaptureException(
            "Reading " + settings.server() + " failed: " + e.getMessage(), e);
      }
      outage.bear(e, e.getMessage());
      return null;
    }
  }

  /** Looks for commits since; returns whether there is something to read. */
  private boolean look() throws SQLException {
    lookAnyway |= source.ensureOpen();
    if (installationDue) {
      source.install();
      installationDue = false;
      lookAnyway = true;
    }
    pruning.prune(source.log(), at.epoch());
    answerRequests();
    SourceDatabase.Look look = source.look(at);
    lookForTables(look.snapshot());
    if (!look.more() && !lookAnyway) {
      return false;
    }
    SourceDatabase.Found found = source.read(at);
    lookAnyway = false;
    if (found == null) {
      return false;
    }
    at = found.from();
    reading = found.reading();
    if (reading == null) {
      return false;
    }
    snapshots.begin(reading.ready(), reading.snapshotRows());
    SortedSet<String> due = snapshots.due(reading.end().ready());
    if (!due.isEmpty()) {
      LOG.info(
          "Snapshots of {} at {}: about {} rows",
          due,
          reading.end().position(),
          reading.snapshotRows());
    }
    return true;
  }

  /** Looks for tables that are new or were altered, if anything was committed since last time. */
  private void lookForTables(String snapshot) throws SQLException {
    if (!snapshot.equals(catalogueSeen) && System.nanoTime() >= nextCatalogue) {
      Installation before = source.installation();
      source.install();
      lookAnyway |= !source.installation().stamp().equals(before.stamp());
      catalogueSeen = snapshot;
      nextCatalogue = System.nanoTime() + settings.times().catalogue().toNanos();
    }
  }

  private void finish() throws SQLException {
    Reading finished = reading;
    reading = null;
    at = finished.end();
    snapshots.stand(at.ready());
    finished.close();
  }

  /** Makes requests part of the database, so that a restart does not forget them. */
  private void answerRequests() throws SQLException {
    for (String table = requests.peek(); table != null; table = requests.peek()) {
      if (captured(table) != null) {
        source.log().requestSnapshot(table);
      } else {
        LOG.warn("A snapshot was asked for of {}, which is not captured", table);
      }
      requests.remove();
    }
  }

  private String captured(String asked) {
    return Reading.named(new TreeMap<>(source.installation().tables()), asked);
  }

  /** Gives up what was begun, so that the next look begins anew. */
  private void abandon(SQLException reason) {
    lookAnyway = true;
    // A table of ours, or of the users', may not be what it was.
    installationDue = true;
    Reading abandoned = reading;
    reading = null;
    if (abandoned == null) {
      return;
    }
    try {
      abandoned.close();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
    if (abandoned.started()) {
      throw new CaptureException(
          "Reading "
              + settings.server()
              + " failed inside a transaction, which a restart reads again: "
              + reason.getMessage(),
          reason);
    }
  }

  @Override
  public void acknowledged(Map<String, ?> bookmark) {
    pruning.acknowledged(Bookmark.of(bookmark));
  }

  @Override
  public void requestSnapshot(String table) {
    String name = captured(table);
    boolean waiting = name != null && !snapshots.isReady(name);
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
        at.epoch(), at.position().lsn(), pruning.depth(), source.installation().tables().keySet());
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
      LOG.warn("Closing {} failed", settings.server(), e);
    }
  }
}
