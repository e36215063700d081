package io.distributary.source.sqlite;

import io.distributary.core.record.Change;
import io.distributary.core.record.RawText;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One transaction, read as slices: it holds one slice, and looks ahead by one change to know
 * whether that was the last.
 */
final class TransactionStream implements AutoCloseable {
  /** What a row costs beside its values, roughly. */
  private static final int ROW_BYTES = 16;

  private final Deque<TableRead> reads;
  private final Bookmark bookmark;
  private final int maxRows;
  private final long maxBytes;

  private TableRead current;
  private Changes changes;
  private Change ahead;
  private boolean begun;

  TransactionStream(List<TableRead> reads, Bookmark bookmark, int maxRows, long maxBytes) {
    this.reads = new ArrayDeque<>(reads);
    this.bookmark = bookmark;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  /** Where to resume after it. */
  Bookmark bookmark() {
    return bookmark;
  }

  /** The next slice; null at the end. A transaction in which nothing is left to say has none. */
  Slice next() throws SQLException {
    if (!begun) {
      begun = true;
      nextTable();
    }
    if (current == null) {
      return null;
    }
    TableRead table = current;
    List<Change> rows = new ArrayList<>(Math.min(maxRows, 1024));
    long bytes = 0;
    while (ahead != null
        && rows.size() < maxRows
        && (rows.isEmpty() || bytes + size(ahead) <= maxBytes)) {
      bytes += size(ahead);
      rows.add(ahead);
      ahead = changes.next();
    }
    boolean endOfTable = ahead == null;
    if (endOfTable) {
      nextTable();
    }
    boolean end = current == null;
    return new Slice(
        table.header(), table.table(), rows, endOfTable, end, end ? bookmark.toMap() : null);
  }

  /** Moves to the next table that yields a slice. */
  private void nextTable() throws SQLException {
    do {
      close();
      current = reads.poll();
      if (current != null) {
        changes = current.changes().open();
        ahead = changes.next();
      }
    } while (current != null && ahead == null && !current.evenIfEmpty());
  }

  private static long size(Change change) {
    long size = ROW_BYTES;
    for (Object value : change.image()) {
      if (value instanceof String text) {
        size += text.length();
      } else if (value instanceof byte[] bytes) {
        size += bytes.length;
      } else if (value instanceof RawText raw) {
        size += raw.bytes().length;
      } else {
        size += Long.BYTES;
      }
    }
    return size;
  }

  @Override
  public void close() throws SQLException {
    if (changes != null) {
      changes.close();
      changes = null;
    }
  }
}
