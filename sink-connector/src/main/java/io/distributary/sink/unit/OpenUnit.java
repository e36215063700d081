package io.distributary.sink.unit;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
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
 *     not there or the target had it
 * @param wasWaiting whether the partition waited for a snapshot until it began
 * @param merged whether unfinished units before it are in the same transaction
 * @param goal the position that must be reached before anything is shown: the highest of the units
 *     in the transaction
 * @param firstOffset the offset of its first record, or of the first such unit's
 * @param seq the index of its last change or part so far
 */
public record OpenUnit(
    Position position,
    UnitKind kind,
    TableId table,
    Form form,
    boolean asChanges,
    boolean wasWaiting,
    boolean merged,
    Position goal,
    long firstOffset,
    long seq) {

  /**
   * The unit that begins with that record.
   *
   * @param before the unfinished unit whose rows stay in the transaction; null if none do
   * @param again whether the target had it
   */
  static OpenUnit begin(Incoming first, OpenUnit before, boolean waiting, boolean again) {
    boolean asChanges = first.ofSnapshot() && (again || !first.startsUnit());
    return new OpenUnit(
        first.position(),
        first.part().header().kind(),
        first.part().table().id(),
        first.form(),
        asChanges,
        waiting,
        before != null,
        before == null ? first.position() : higher(before.goal, first.position()),
        before == null ? first.offset() : before.firstOffset,
        first.part().seq());
  }

  OpenUnit upTo(long newSeq) {
    return new OpenUnit(
        position, kind, table, form, asChanges, wasWaiting, merged, goal, firstOffset, newSeq);
  }

  /** The unit after its end, where that may not be shown yet. */
  OpenUnit ended() {
    return new OpenUnit(
        position, kind, table, form, true, wasWaiting, merged, goal, firstOffset, Long.MAX_VALUE);
  }

  private static Position higher(Position one, Position other) {
    return other.isBefore(one) ? one : other;
  }

  /** A part of this unit, with the kind that its target is to take literally. */
  Part applied(Part part) {
    UnitHeader header = part.header();
    if (!asChanges || header.kind() == UnitKind.UPDATE) {
      return part;
    }
    UnitHeader update =
        new UnitHeader(
            UnitKind.UPDATE, header.position(), header.timestamp(), header.transactionId());
    return new Part(part.table(), update, part.seq(), part.last(), part.changes(), part.claim());
  }

  /** Whether its end, too, may not be shown: units before it in the transaction are newer. */
  boolean below(Position applied) {
    return (applied != null && position.isBefore(applied)) || position.isBefore(goal);
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

  /** Whether there was something between what came of this unit so far and that part. */
  boolean lacksBefore(Part next) {
    return next.seq() > seq + 1 && next.claim() == null;
  }

  /**
   * What becomes of this unit when another one comes before its end. Changes stay in the open
   * transaction, to be shown with the other unit: their source sends them again, or compaction took
   * the end. So do a snapshot's rows, as changes, where compaction may have taken its end; where
   * there is none, or a snapshot of the same table follows, all of it comes again, so it is rolled
   * back; but not where that would undo a unit before it, which may not come again.
   */
  Unfinished followedBy(Incoming next) {
    if (!loadsSnapshot()) {
      return Unfinished.KEEP;
    }
    boolean again = next.startsSnapshot() && table.equals(next.part().table().id());
    return form == Form.BATCH || (again && !merged) ? Unfinished.DROP : Unfinished.MERGE_SNAPSHOT;
  }
}
