package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables being read whole, by a task of Debezium's of its own, as of the LSN of a slot that it
 * makes for that and drops afterwards. One that was interrupted is no more than a leftover slot.
 *
 * <p>Not for several threads.
 */
final class SnapshotReading implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotReading.class);

  private static final Duration CLOSING = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final PostgresCaptureSettings settings;
  private final Sql sql;
  private final RowShapes shapes;
  private final DebeziumTask task;
  private final FutureTask<Void> start;
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Deque<Table> scanned = new ArrayDeque<>();
  private final Deque<Slice> ready = new ArrayDeque<>();
  private Position position;
  private long timestamp;
  private boolean handedOut;

  /** A table on its way. */
  private static final class Table {
    private final CapturedTable source;
    private ChangeReader reader;
    private List<Change> rows = new ArrayList<>();
    private long bytes;
    private long read;
    private long total = -1;

    Table(CapturedTable source) {
      this.source = source;
    }
  }

  /**
   * Begins to read tables. The server lets it begin when all transactions that are open have ended.
   */
  SnapshotReading(
      PostgresCaptureSettings settings, Sql sql, RowShapes shapes, Collection<CapturedTable> due)
      throws SQLException {
    this.settings = settings;
    this.sql = sql;
    this.shapes = shapes;
    due.forEach(table -> tables.put(table.toString(), new Table(table)));
    Slot.dropLeftOver(sql, DebeziumSettings.snapshotSlot(settings));
    Map<String, String> reading = new HashMap<>(DebeziumSettings.snapshot(settings, due));
    reading.putAll(new SnapshotSelects(sql.connection()).settings(due));
    reading.putIfAbsent("snapshot.fetch.size", Integer.toString(FetchSize.of(due, sql)));
    task = new DebeziumTask(reading, null);
    start = new FutureTask<>(task::start, null);
    Thread thread = new Thread(start, "distributary-snapshot-" + settings.names().connector());
    thread.setContextClassLoader(getClass().getClassLoader());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether its LSN is known by now.
   *
   * @throws CaptureException when it could not begin
   */
  boolean begun(String epoch, Duration wait) throws SQLException, InterruptedException {
    if (position == null && isStarted(wait)) {
      try {
        start.get();
      } catch (ExecutionException e) {
        throw new CaptureException("A snapshot could not begin: " + e.getCause(), e.getCause());
      }
      String slot = DebeziumSettings.snapshotSlot(settings);
      long lsn =
          sql.number(
              "SELECT confirmed_flush_lsn - '0/0'::pg_lsn FROM pg_catalog.pg_replication_slots"
                  + " WHERE slot_name = ?",
              slot);
      if (lsn == 0) {
        throw new CaptureException("The snapshot's replication slot " + slot + " was dropped");
      }
      position = new Position(epoch, lsn);
      timestamp = System.currentTimeMillis();
    }
    return position != null;
  }

  private boolean isStarted(Duration wait) throws InterruptedException {
    try {
      start.get(wait.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException e) {
      return true; // the caller looks
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** The LSN as of which the tables are read; to be asked when it has begun. */
  long lsn() {
    return position.lsn();
  }

  /** Whether all tables were read and handed out. */
  boolean done() {
    return tables.isEmpty() && ready.isEmpty();
  }

  /** Whether a slice was handed out whose table is not whole yet. */
  boolean handedOut() {
    return handedOut;
  }

  /** The tables that are still to be read. */
  Collection<String> waiting() {
    return tables.keySet();
  }

  /**
   * The next slice; null when there is none yet.
   *
   * @param end the bookmark after the snapshot of a table, which a slice that ends it bears
   */
  Slice next(Function<CapturedTable, Bookmark> end) throws InterruptedException {
    if (ready.isEmpty()) {
      for (SourceRecord record : task.poll()) {
        take(record);
      }
    }
    Slice slice = ready.poll();
    if (slice == null || !slice.endOfTable()) {
      handedOut |= slice != null;
      return slice;
    }
    handedOut = false;
    Table table = tables.remove(slice.table().id().qualifiedName());
    return new Slice(
        slice.header(),
        slice.table(),
        slice.changes(),
        true,
        true,
        end.apply(table.source).toMap());
  }

  private void take(SourceRecord record) {
    if (!(record.value() instanceof Struct value)) {
      return;
    }
    if (record.topic().equals(DebeziumSettings.NOTIFICATIONS)) {
      notified(value);
    } else if (value.schema().field("op") != null && "r".equals(value.get("op"))) {
      row(value);
    } // else it has begun to stream, which is not what it is for
  }

  private void row(Struct value) {
    Struct source = value.getStruct("source");
    if (source.getInt64("lsn") != position.lsn()) {
      throw new CaptureException(
          "A snapshot's row bears the LSN "
              + Lsn.text(source.getInt64("lsn"))
              + " in place of "
              + Lsn.text(position.lsn())
              + ". Restart the task, which begins it anew.");
    }
    Table table = tables.get(source.getString("schema") + "." + source.getString("table"));
    if (table.reader == null) {
      table.reader = new ChangeReader(table.source, value.schema(), shapes);
      scanned.add(table);
    }
    Change change = table.reader.change(value);
    long size = Sizes.of(change);
    if (table.rows.size() == settings.slices().rows()
        || (!table.rows.isEmpty() && table.bytes + size > settings.slices().bytes())) {
      hand(table, false);
    }
    table.rows.add(change);
    table.bytes += size;
    table.read++;
    endWhatIsWhole();
  }

  private void hand(Table table, boolean last) {
    UnitHeader header = new UnitHeader(UnitKind.SNAPSHOT, position, timestamp, null);
    ready.add(new Slice(header, table.reader.table(), table.rows, last, false, null));
    table.rows = new ArrayList<>();
    table.bytes = 0;
  }

  /** That a table is empty comes before the last row of the one before, which goes first. */
  private void endWhatIsWhole() {
    while (!scanned.isEmpty() && scanned.peek().read == scanned.peek().total) {
      hand(scanned.poll(), true);
    }
  }

  /** The total comes before the last row, and for an empty table comes alone. */
  private void notified(Struct notification) {
    Map<?, ?> data = new HashMap<>();
    if (notification.get("additional_data") instanceof Map<?, ?> given) {
      data = given;
    }
    String type = notification.getString("type");
    if ("TABLE_SCAN_COMPLETED".equals(type)) {
      Table table = tables.get(String.valueOf(data.get("scanned_collection")));
      if (table != null) {
        table.total = Long.parseLong(String.valueOf(data.get("total_rows_scanned")));
        if (table.reader == null && table.total == 0) {
          table.reader = new ChangeReader(table.source, task.envelope(table.source.id()), shapes);
          scanned.add(table);
        }
        endWhatIsWhole();
      }
    } else if ("COMPLETED".equals(type)) {
      // What it did not find any more was dropped meanwhile.
      tables.values().removeIf(table -> table.total < 0);
    } else if ("ABORTED".equals(type) || "SKIPPED".equals(type)) {
      throw new CaptureException(
          "The snapshot of "
              + tables.keySet()
              + " was ended by Debezium: "
              + type
              + ". Restart the task, which begins it anew.");
    }
  }

  @Override
  public void close() {
    String slot = DebeziumSettings.snapshotSlot(settings);
    try {
      endStart(slot);
    } catch (SQLException e) {
      LOG.debug("The snapshot was given up before it began", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      task.close();
      Slot.drop(sql, slot);
    } catch (SQLException | RuntimeException e) {
      LOG.warn(
          "The replication slot {} is left for the next snapshot to drop: {}", slot, e.toString());
    }
  }

  /** The server lets a slot wait for others' transactions: without its connection it fails. */
  private void endStart(String slot) throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + CLOSING.toNanos();
    // It may not have come to that yet.
    while (!start.isDone() && System.nanoTime() < deadline) {
      sql.rows(
          "SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE"
              + " application_name = ? AND query LIKE 'CREATE_REPLICATION_SLOT%' AND"
              + " position(? IN query) > 0",
          row -> null, DebeziumSettings.APPLICATION_NAME, slot);
      isStarted(LOOK);
    }
  }
}
