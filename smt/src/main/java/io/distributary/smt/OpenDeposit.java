package io.distributary.smt;

import io.distributary.core.claim.ClaimWriter;
import io.distributary.core.claim.Origin;
import io.distributary.core.claim.chunk.RowFormat;
import java.util.List;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * A unit on its way into the store, part by part. After a {@link RetriableException} the same part
 * is given again, and taken from where it was left.
 */
final class OpenDeposit {
  private final Batch first;
  private final ClaimWriter writer;
  private int next;
  private int taken;
  private boolean interrupted;

  OpenDeposit(Batch first, ClaimWriter writer) {
    this.first = first;
    this.writer = writer;
  }

  /** Whether the part is one of this unit, and is the next, or the last once more. */
  boolean awaits(Batch part) {
    return isOfUnit(part) && (part.part() == next || part.part() == next - 1);
  }

  /** Whether taking that very part failed. */
  boolean interruptedAt(Batch part) {
    return interrupted && awaits(part);
  }

  private boolean isOfUnit(Batch part) {
    return part.position().equals(first.position()) && part.kind() == first.kind();
  }

  /**
   * Takes a part.
   *
   * @return the value that stands for the whole unit, once all its chunks are durable; null for all
   *     parts before the last
   */
  Struct take(Batch part, RowFormat format, Origin origin) {
    interrupted = true;
    if (part.part() == next) {
      takeRows(part.rows(), format, origin);
      next++;
      taken = 0;
    }
    Struct claimed = part.last() ? part.claimed(writer.finish()) : null;
    interrupted = false;
    return claimed;
  }

  private void takeRows(List<Struct> rows, RowFormat format, Origin origin) {
    writer.next(format, origin);
    while (taken < rows.size()) {
      writer.add(rows.get(taken));
      taken++;
    }
  }
}
