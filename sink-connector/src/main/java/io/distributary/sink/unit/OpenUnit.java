package io.distributary.sink.unit;

import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;

/**
 * A unit whose end has not come yet.
 *
 * @param position its position
 * @param kind what it states
 * @param table the table; of a unit over several, the one it began with
 * @param form the form of its records
 * @param asChanges whether it is a snapshot that is applied as mere changes, for its beginning is
 *     not there
 * @param wasWaiting whether the partition waited for a snapshot until it began
 * @param firstOffset the offset of its first record
 * @param seq the index of its last change or part so far
 */
public record OpenUnit(
    Position position,
    UnitKind kind,
    TableId table,
    Form form,
    boolean asChanges,
    boolean wasWaiting,
    long firstOffset,
    long seq) {

  static OpenUnit begin(Incoming first, boolean wasWaiting) {
    boolean headless = first.ofSnapshot() && !first.startsUnit();
    return new OpenUnit(
        first.position(),
        first.part().header().kind(),
        first.part().table().id(),
        first.form(),
        headless,
        wasWaiting,
        first.offset(),
        first.part().seq());
  }

  OpenUnit upTo(long newSeq) {
    return new OpenUnit(position, kind, table, form, asChanges, wasWaiting, firstOffset, newSeq);
  }

  /** Whether a snapshot is being loaded. */
  public boolean loadsSnapshot() {
    return kind == UnitKind.SNAPSHOT && !asChanges;
  }

  /** Whether the record belongs to this unit, and comes later in it than what came so far. */
  boolean continuedBy(Incoming next) {
    return next.part().seq() > seq
        && kind == next.part().header().kind()
        && position.equals(next.position())
        && (kind == UnitKind.UPDATE || table.equals(next.part().table().id()));
  }

  /**
   * What becomes of this unit when another one comes before its end. Changes stay in the open
   * transaction, to be shown with the other unit: their source sends them again, or compaction took
   * the end. So do a snapshot's rows, as changes, where compaction may have taken its end; where
   * there is none, or a snapshot of the same table follows, all of it comes again.
   */
  Unfinished followedBy(Incoming next) {
    if (!loadsSnapshot()) {
      return Unfinished.KEEP;
    }
    boolean again = next.startsSnapshot() && table.equals(next.part().table().id());
    return again || form == Form.BATCH ? Unfinished.DROP : Unfinished.MERGE_SNAPSHOT;
  }
}
