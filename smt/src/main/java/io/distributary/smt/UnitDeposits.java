package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * Which units go to the store, and how far each is on its way: one per topic at a time, for that is
 * how units stand on topics. A unit that begins anew takes the place of what came of it before: its
 * source was restarted and sends it again, whole.
 */
final class UnitDeposits {
  private final ClaimStore store;
  private final DepositConfig config;
  private final int thresholdRows;
  private final int thresholdBytes;
  private final Formats formats;
  private final Map<String, OpenDeposit> byTopic = new HashMap<>();

  UnitDeposits(ClaimStore store, DepositConfig config, Formats formats) {
    this.store = store;
    this.config = config;
    this.thresholdRows = config.thresholdRows();
    this.thresholdBytes = config.thresholdBytes();
    this.formats = formats;
  }

  /**
   * Whether the part stays in its record: it is its whole unit, and small, or is elsewhere already.
   */
  boolean stays(String topic, Batch part) {
    boolean stays = part.rows() == null || isSmallUnit(part);
    if (stays) {
      byTopic.remove(topic);
    }
    return stays;
  }

  private boolean isSmallUnit(Batch part) {
    return part.part() == 0
        && part.last()
        && part.rows().size() <= thresholdRows
        && RecordSize.of(part.value(), thresholdBytes) <= thresholdBytes;
  }

  /**
   * Puts a part that does not stay into the store.
   *
   * @return the value that stands for the whole unit, once all its chunks are durable; null for all
   *     parts before the last
   */
  Struct deposit(String topic, Batch part) {
    return open(topic, part).take(part, formats.of(part.rowSchema()), part.origin(topic));
  }

  private OpenDeposit open(String topic, Batch part) {
    OpenDeposit open = byTopic.get(topic);
    if (part.part() == 0 && (open == null || !open.interruptedAt(part))) {
      open = new OpenDeposit(part, new ClaimWriter(store, config.chunkLimit()));
      byTopic.put(topic, open);
    }
    if (open == null || !open.awaits(part)) {
      throw new DataException(
          "Part "
              + part.part()
              + " of unit "
              + part.position()
              + " on topic "
              + topic
              + " follows "
              + (open == null ? "no part of it" : "another than the part before it")
              + ", so the claim would lack rows. Restart the task: its source sends the unit again."
              + " If it happens again, another transform or a predicate keeps parts away from"
              + " ClaimCheckDeposit.");
    }
    return open;
  }
}
