package io.distributary.source.postgres.trigger;

import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import io.distributary.source.keylog.Changes;
import io.distributary.source.keylog.ConcatenatedChanges;
import io.distributary.source.keylog.NoChanges;
import io.distributary.source.keylog.TableRead;
import io.distributary.source.keylog.TransactionStream;
import io.distributary.source.postgres.SnapshotMode;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one view of the source holds beyond a bookmark: one transaction with the changes of the
 * tables that are ready, then one per table whose snapshot is due, all at the view's LSN.
 */
final class Reading implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reading.class);

  private final Session reader;
  private final Log log;
  private final TriggerCaptureSettings settings;
  private final SortedMap<String, CapturedTable> tables;
  private final Bookmark from;
  private final Bookmark end;
  private final SortedSet<String> ready;
  private final long timestamp = System.currentTimeMillis();
  private final Deque<TransactionStream> streams = new ArrayDeque<>();
  private boolean started;
  private long snapshotRows;

  /**
   * Plans what to read; reads no rows yet. The view is closed with the reading.
   *
   * @param mark what was written to the log after the view was opened
   */
  Reading(
      View view,
      Mark mark,
      Bookmark from,
      Session reader,
      Log log,
      SortedMap<String, CapturedTable> tables,
      TriggerCaptureSettings settings)
      throws SQLException {
    this.reader = reader;
    this.log = log;
    this.settings = settings;
    this.tables = tables;
    this.from = from;
    this.ready = readyAfter(view);
    Bookmark updated = new Bookmark(from.epoch(), view.horizon(), mark, ready);
    this.end = updated.ready(tables.keySet());
    planUpdate(view, updated);
    planSnapshots(updated);
  }

  /** The tables whose changes count in this view; the others are read whole. */
  private SortedSet<String> readyAfter(View view) throws SQLException {
    SortedSet<String> still = new TreeSet<>(from.ready());
    still.retainAll(tables.keySet());
    for (Dirty dirty : view.dirty()) {
      CapturedTable table = table(dirty);
      if (table != null && dirty.installed()) {
        if (settings.snapshots().mode() != SnapshotMode.NEVER) {
          still.remove(table.name());
        } else if (!still.add(table.name())) {
          LOG.warn(
              "Table {} changed its shape or lost its triggers, so changes may be missing, and"
                  + " snapshot=never forbids to read it anew. Ask for a snapshot of it.",
              table.name());
        }
      }
      // What was removed is not known one by one, so what is there now says it.
      if (table != null
          && dirty.truncated()
          && (!settings.snapshots().emptied() || !queries(table).isEmpty())) {
        still.remove(table.name());
      }
    }
    view.asked().forEach(asked -> answer(asked, still));
    return still;
  }

  private void answer(String asked, SortedSet<String> still) {
    if (asked.equals(View.UNKNOWN)) {
      LOG.warn("{} holds a request other than 'snapshot' of a table: ignored", Log.SIGNAL);
      return;
    }
    String name = named(tables, asked);
    if (name == null) {
      LOG.warn(
          "A snapshot was asked for of {}, which is not captured, or several tables are called so",
          asked);
    } else {
      still.remove(name);
    }
  }

  /** The captured table that a user means, who may leave out its schema; null if there is none. */
  static String named(SortedMap<String, CapturedTable> tables, String asked) {
    if (tables.containsKey(asked)) {
      return asked;
    }
    List<String> candidates =
        tables.values().stream()
            .filter(
                table ->
                    table.name().equalsIgnoreCase(asked)
                        || table.definition().id().name().equalsIgnoreCase(asked))
            .map(CapturedTable::name)
            .toList();
    return candidates.size() == 1 ? candidates.get(0) : null;
  }

  private CapturedTable table(Dirty dirty) {
    return tables.values().stream()
        .filter(table -> table.oid() == dirty.table())
        .findFirst()
        .orElse(null);
  }

  private TableQueries queries(CapturedTable table) {
    return new TableQueries(table, reader, log);
  }

  private void planUpdate(View view, Bookmark updated) throws SQLException {
    List<TableRead> reads = new ArrayList<>();
    for (Dirty dirty : view.dirty()) {
      CapturedTable table = table(dirty);
      if (table != null && (dirty.changed() || dirty.truncated()) && ready.contains(table.name())) {
        reads.add(update(table, dirty, updated));
      }
    }
    if (!reads.isEmpty()) {
      add(reads, updated);
    }
  }

  private TableRead update(CapturedTable table, Dirty dirty, Bookmark updated) throws SQLException {
    TableQueries queries = queries(table);
    boolean maybeGone = dirty.maybeGone() || dirty.truncated();
    if (maybeGone && settings.snapshots().emptied() && queries.isEmpty()) {
      return new TableRead(header(UnitKind.SNAPSHOT, updated), table.table(), true, NoChanges::new);
    }
    Changes.Source present = () -> queries.present(from.horizon());
    Changes.Source gone = () -> queries.gone(from.horizon());
    return new TableRead(
        header(UnitKind.UPDATE, updated),
        table.table(),
        false,
        maybeGone ? () -> new ConcatenatedChanges(gone, present) : present);
  }

  private UnitHeader header(UnitKind kind, Bookmark at) {
    return new UnitHeader(kind, at.position(), timestamp, null);
  }

  private void planSnapshots(Bookmark updated) throws SQLException {
    SortedMap<String, CapturedTable> due = new TreeMap<>(tables);
    due.keySet().removeAll(ready);
    SortedSet<String> done = new TreeSet<>(ready);
    for (CapturedTable table : due.values()) {
      TableQueries queries = queries(table);
      snapshotRows += queries.rows();
      done.add(table.name());
      boolean counts = !settings.snapshots().together() || done.size() == tables.size();
      add(
          List.of(
              new TableRead(
                  header(UnitKind.SNAPSHOT, updated), table.table(), true, queries::snapshot)),
          updated.ready(counts ? done : ready));
    }
  }

  private void add(List<TableRead> reads, Bookmark bookmark) {
    streams.add(
        new TransactionStream(
            reads, bookmark.toMap(), settings.slices().rows(), settings.slices().bytes()));
  }

  /** Where the capture stands when all of this was read. */
  Bookmark end() {
    return end;
  }

  /** The tables whose changes counted in this view. */
  SortedSet<String> ready() {
    return ready;
  }

  /** About how many rows the snapshots have. */
  long snapshotRows() {
    return snapshotRows;
  }

  /** Whether slices were handed out, so that another view would not go on from there. */
  boolean started() {
    return started;
  }

  /** The next slice; null at the end. */
  Slice next() throws SQLException {
    while (!streams.isEmpty()) {
      Slice slice = streams.peek().next();
      if (slice == null || slice.endOfTransaction()) {
        streams.remove().close();
      }
      if (slice != null) {
        started = true;
        return slice;
      }
    }
    return null;
  }

  @Override
  public void close() throws SQLException {
    for (TransactionStream stream : streams) {
      stream.close();
    }
    streams.clear();
    reader.endRead();
  }
}
