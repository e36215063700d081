package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.source.capture.Slice;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * A whole transaction as slices, table by table: it holds one slice, and looks ahead by one change
 * to know whether that was the last. Not for several threads.
 */
final class TransactionSlices implements AutoCloseable {
  private final Transaction transaction;
  private final Bookmark bookmark;
  private final PostgresCaptureSettings settings;
  private final Deque<TableChanges> tables = new ArrayDeque<>();
  private TableChanges current;
  private Iterator<TableChanges.Held> changes;
  private TableChanges.Held ahead;

  /**
   * The slices of those tables that count.
   *
   * @param bookmark where to resume after the transaction
   */
  TransactionSlices(
      Transaction transaction,
      Bookmark bookmark,
      Predicate<CapturedTable> counts,
      PostgresCaptureSettings settings) {
    this.transaction = transaction;
    this.bookmark = bookmark;
    this.settings = settings;
    for (TableChanges table : transaction.tables()) {
      if (counts.test(table.source())) {
        tables.add(table);
      }
    }
    nextTable();
  }

  /** Where to resume after it. */
  Bookmark bookmark() {
    return bookmark;
  }

  /** Whether there is nothing more. */
  boolean ended() {
    return current == null;
  }

  /** Whether nothing of it is in a file. */
  boolean inMemory() {
    return transaction.spool() == null;
  }

  /** The next slice; null at the end. */
  Slice next() {
    if (current == null) {
      return null;
    }
    boolean emptied =
        settings.snapshots().truncation() == Truncation.SNAPSHOT && current.onlyTruncated();
    Table table = ahead.table();
    List<Change> rows = emptied ? List.of() : rows(table);
    boolean endOfTable = emptied || ahead == null;
    if (endOfTable) {
      nextTable();
    }
    boolean end = current == null;
    return new Slice(
        header(emptied ? UnitKind.SNAPSHOT : UnitKind.UPDATE),
        table,
        rows,
        endOfTable,
        end,
        end ? bookmark.toMap() : null);
  }

  private UnitHeader header(UnitKind kind) {
    return new UnitHeader(
        kind, bookmark.position(), transaction.committed() / 1000, transaction.id());
  }

  private List<Change> rows(Table table) {
    int maxRows = settings.slices().rows();
    List<Change> rows = new ArrayList<>(Math.min(maxRows, 64));
    long bytes = 0;
    while (ahead != null && ahead.table() == table && rows.size() < maxRows) {
      long size = Sizes.of(ahead.change());
      if (!rows.isEmpty() && bytes + size > settings.slices().bytes()) {
        break;
      }
      bytes += size;
      rows.add(ahead.change());
      ahead = changes.hasNext() ? changes.next() : null;
    }
    return rows;
  }

  private void nextTable() {
    current = tables.poll();
    changes = current == null ? null : current.read(transaction.spool());
    ahead = current == null ? null : changes.next();
  }

  @Override
  public void close() {
    transaction.close();
  }
}
