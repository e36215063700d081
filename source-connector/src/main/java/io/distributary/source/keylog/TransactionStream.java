package io.distributary.source.keylog;

import io.distributary.core.record.Change;
import io.distributary.core.record.RawText;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * One transaction, read as slices: it holds one slice, and looks ahead by one change to know
 * whether that was the last.
 */
public final class TransactionStream implements AutoCloseable {
  /** What a row costs beside its values, roughly. */
  private static final int ROW_BYTES = 16;

  private final Deque<TableRead> reads;
  private final Map<String, Object> bookmark;
  private final int maxRows;
  private final long maxBytes;

  private TableRead current;
  private Changes changes;
  private Change ahead;
  private boolean begun;

  /**
   * A transaction, to be read.
   *
   * @param reads the tables' shares, in order
   * @param bookmark where to resume after it
   * @param maxRows how many changes a slice has at most
   * @param maxBytes about how many bytes the values of a slice have at most
   */
  public TransactionStream(
      List<TableRead> reads, Map<String, Object> bookmark, int maxRows, long maxBytes) {
    this.reads = new ArrayDeque<>(reads);
    this.bookmark = bookmark;
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  /** The next slice; null at the end. A transaction in which nothing is left to say has none. */
  public Slice next() throws SQLException {
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
    return new Slice(table.header(), table.table(), rows, endOfTable, end, end ? bookmark : null);
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
      size += size(value);
    }
    return size;
  }

  private static long size(Object value) {
    if (value instanceof String text) {
      return text.length();
    } else if (value instanceof byte[] bytes) {
      return bytes.length;
    } else if (value instanceof RawText raw) {
      return raw.bytes().length;
    } else if (value instanceof Collection<?> elements) {
      return elements.stream().mapToLong(TransactionStream::size).sum();
    } else if (value instanceof Map<?, ?> entries) {
      return size(entries.keySet()) + size(entries.values());
    }
    return Long.BYTES;
  }

  @Override
  public void close() throws SQLException {
    if (changes != null) {
      changes.close();
      changes = null;
    }
  }
}
