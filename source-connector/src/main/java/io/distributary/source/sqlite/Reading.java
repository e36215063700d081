package io.distributary.source.sqlite;

import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import io.distributary.source.keylog.Changes;
import io.distributary.source.keylog.ConcatenatedChanges;
import io.distributary.source.keylog.NoChanges;
import io.distributary.source.keylog.TableRead;
import io.distributary.source.keylog.TransactionStream;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one view of the source holds beyond a bookmark: one transaction with the changes of the
 * tables that are ready, then one per table whose snapshot is due, all at the view's LSN.
 */
final class Reading implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);

  private final ReadView view;
  private final SqliteCaptureSettings settings;
  private final Map<String, CapturedTable> tables;
  private final Bookmark from;
  private final Bookmark end;
  private final SortedSet<String> ready;
  private final long timestamp = System.currentTimeMillis();
  private final Deque<TransactionStream> streams = new ArrayDeque<>();
  private final Deque<Slice> buffered = new ArrayDeque<>();
  private boolean open = true;
  private boolean started;
  private long snapshotRows;
  private boolean snapshotsDue;

  /** Plans what to read; reads no rows yet. The view is closed with the reading. */
  Reading(
      ReadView view,
      Map<String, CapturedTable> tables,
      Bookmark from,
      SqliteCaptureSettings settings)
      throws SQLException {
    this.view = view;
    this.tables = tables;
    this.from = from;
    this.settings = settings;
    Session session = view.session();
    long upTo = Log.lastVersion(session);
    String nonce = Log.nonce(session, upTo);
    List<Dirty> dirty = Dirty.between(session, from.position().lsn(), upTo);
    this.ready = readyAfter(dirty);
    Bookmark updated = new Bookmark(new Position(from.position().epoch(), upTo), nonce, ready);
    this.end = updated.ready(tables.keySet());
    planUpdate(dirty, updated);
    planSnapshots(updated);
  }

  /** The tables whose changes count in this view; the others are read whole. */
  private SortedSet<String> readyAfter(List<Dirty> dirty) {
    SortedSet<String> still = new TreeSet<>(from.ready());
    still.retainAll(tables.keySet());
    for (Dirty table : dirty) {
      if (table.installed() && tables.containsKey(table.table())) {
        if (settings.snapshots() != SnapshotMode.NEVER) {
          still.remove(table.table());
        } else if (!still.add(table.table())) {
          LOG.warn(
              "Table {} changed its shape or lost its triggers, so changes may be missing, and"
                  + " snapshot=never forbids to read it anew. Ask for a snapshot of it.",
              table.table());
        }
      }
    }
    for (Dirty table : dirty) {
      if (table.asked()) {
        String name = name(table.table());
        if (name == null) {
          LOG.warn("A snapshot was asked for of {}, which is not captured", table.table());
        } else {
          still.remove(name);
        }
      }
      if (table.unknown()) {
        LOG.warn("{} holds a request other than 'snapshot': ignored", Log.SIGNAL);
      }
    }
    return still;
  }

  /** The captured table that a user means; null if there is none. */
  private String name(String asked) {
    return tables.containsKey(asked)
        ? asked
        : tables.keySet().stream().filter(asked::equalsIgnoreCase).findFirst().orElse(null);
  }

  private void planUpdate(List<Dirty> dirty, Bookmark updated) throws SQLException {
    List<TableRead> reads = new ArrayList<>();
    for (Dirty table : dirty) {
      if (table.changed() && ready.contains(table.table())) {
        reads.add(update(tables.get(table.table()), table.maybeGone(), updated.position()));
      }
    }
    if (!reads.isEmpty()) {
      add(reads, updated);
    }
  }

  private TableRead update(CapturedTable table, boolean maybeGone, Position position)
      throws SQLException {
    Session session = view.session();
    if (maybeGone && settings.emptiedAsSnapshot() && isEmpty(table)) {
      UnitHeader header = new UnitHeader(UnitKind.SNAPSHOT, position, timestamp, null);
      return new TableRead(header, table.table(), true, NoChanges::new);
    }
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, position, timestamp, null);
    TableQueries queries = new TableQueries(table);
    long after = from.position().lsn();
    long upTo = position.lsn();
    Changes.Source present = () -> queries.present(session, after, upTo);
    Changes.Source gone = () -> queries.gone(session, after, upTo);
    boolean goneFirst = maybeGone || table.key().nullable();
    return new TableRead(
        header,
        table.table(),
        false,
        goneFirst ? () -> new ConcatenatedChanges(gone, present) : present);
  }

  private boolean isEmpty(CapturedTable table) throws SQLException {
    return view.session().number("SELECT EXISTS (SELECT 1 FROM " + table.sql() + ")") == 0;
  }

  private void planSnapshots(Bookmark updated) throws SQLException {
    SortedSet<String> due = new TreeSet<>(tables.keySet());
    due.removeAll(ready);
    SortedSet<String> done = new TreeSet<>(ready);
    for (String name : due) {
      CapturedTable table = tables.get(name);
      UnitHeader header = new UnitHeader(UnitKind.SNAPSHOT, updated.position(), timestamp, null);
      Changes.Source rows = () -> new TableQueries(table).snapshot(view.session());
      snapshotRows += view.session().number("SELECT count(*) FROM " + table.sql());
      done.add(name);
      boolean counts = !settings.snapshotsTogether() || done.size() == tables.size();
      add(
          List.of(new TableRead(header, table.table(), true, rows)),
          updated.ready(counts ? done : ready));
    }
    snapshotsDue = !due.isEmpty();
  }

  private void add(List<TableRead> reads, Bookmark bookmark) {
    streams.add(
        new TransactionStream(reads, bookmark.toMap(), settings.maxRows(), settings.maxBytes()));
  }

  /** Where the capture stands when all of this was read. */
  Bookmark end() {
    return end;
  }

  /** The tables whose changes counted in this view. */
  SortedSet<String> ready() {
    return ready;
  }

  /** How many rows the snapshots have. */
  long snapshotRows() {
    return snapshotRows;
  }

  /** Whether slices were handed out, so that another view would not go on from there. */
  boolean started() {
    return started;
  }

  /** Whether the snapshots or the number of dirty keys make this too much to hold in memory. */
  boolean isLong(int slices) {
    return snapshotsDue
        || end.position().lsn() - from.position().lsn() > (long) slices * settings.maxRows();
  }

  /**
   * Reads all slices and ends the view, so that no writer waits for it.
   *
   * @return whether they were at most that many; if not, nothing is kept, and the view is ended
   */
  boolean buffer(int slices) throws SQLException {
    try (this) {
      for (Slice slice = read(); slice != null; slice = read()) {
        buffered.add(slice);
        if (buffered.size() > slices) {
          return false;
        }
      }
      return true;
    }
  }

  /** The next slice; null at the end. */
  Slice next() throws SQLException {
    Slice slice = open ? read() : buffered.poll();
    started |= slice != null;
    return slice;
  }

  private Slice read() throws SQLException {
    while (!streams.isEmpty()) {
      Slice slice = streams.peek().next();
      if (slice == null || slice.endOfTransaction()) {
        streams.remove().close();
      }
      if (slice != null) {
        return slice;
      }
    }
    return null;
  }

  @Override
  public void close() throws SQLException {
    if (open) {
      open = false;
      for (TransactionStream stream : streams) {
        stream.close();
      }
      view.close();
    }
  }
}
