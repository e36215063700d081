package io.distributary.sink.unit;

import io.distributary.core.record.Position;
import io.distributary.sink.read.Incoming;
import org.apache.kafka.common.TopicPartition;

/** Says why something cannot go on as it should, and what to do. */
final class Reasons {
  private Reasons() {}

  /** What to do where history is lost. */
  static String advice(Incoming first) {
    return "Ask for a snapshot in the source database ("
        + signal(first)
        + "), or take the topic as it is with start.without.history=continue.";
  }

  static String nextLeft(TopicPartition partition, Checkpoint checkpoint, Incoming first) {
    return "The record applied last, at offset "
        + checkpoint.offset()
        + " of "
        + partition
        + ", is gone (compaction or retention); going on at offset "
        + first.offset();
  }

  static String madeAnew(TopicPartition partition, Incoming first) {
    return "Offset "
        + first.offset()
        + " of "
        + partition
        + " is not the record that was applied last: the topic was made anew. Reading it from its"
        + " beginning; units that the target has are told by their LSN";
  }

  static String gone(Incoming first) {
    return "what was before the record at offset " + first.offset() + " is gone";
  }

  static String otherEpoch(Incoming incoming, Position applied) {
    return "the record at offset "
        + incoming.offset()
        + " is of epoch "
        + incoming.position().epoch()
        + ", of which no snapshot came, and the target is at "
        + applied;
  }

  static String withoutSnapshot(TopicPartition partition, Incoming incoming) {
    return partition
        + " has changes of table "
        + incoming.part().table().id()
        + " whose history is lost and for which no snapshot came; ask for one with "
        + signal(incoming);
  }

  static String missing(TopicPartition partition, Incoming incoming, long expected) {
    return "The record at offset "
        + incoming.offset()
        + " of "
        + partition
        + " is part "
        + incoming.part().seq()
        + " of unit "
        + incoming.position()
        + " of table "
        + incoming.part().table().id()
        + ", but part "
        + expected
        + " did not come: a unit is applied whole or not at all. Look for it in the dead letter"
        + " queue; to go on without this unit, set the connector's offset behind it, and ask for a"
        + " snapshot of the table.";
  }

  private static String signal(Incoming incoming) {
    String table = incoming.part() == null ? "…" : incoming.part().table().id().name();
    return "INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', '"
        + table.replace("'", "''")
        + "')";
  }
}
