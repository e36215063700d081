package io.distributary.sink.unit;

import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a partition's history is known from a beginning on, and what is done where it is not. */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);

  private final TopicPartition partition;
  private final WithoutHistory withoutHistory;
  private boolean waiting;
  private boolean headless;
  private Set<TableId> begun;

  History(TopicPartition partition, WithoutHistory withoutHistory) {
    this.partition = partition;
    this.withoutHistory = withoutHistory;
  }

  History(History other) {
    partition = other.partition;
    withoutHistory = other.withoutHistory;
    waiting = other.waiting;
    headless = other.headless;
    begun = other.begun == null ? null : new HashSet<>(other.begun);
  }

  /** Whether changes are passed over until a snapshot comes. */
  boolean waiting() {
    return waiting;
  }

  /** Whether the next unit may lack its beginning. */
  boolean headless() {
    return headless;
  }

  /** Reading goes on, perhaps from the middle of a unit. */
  void resumes(boolean amidUnit) {
    headless = amidUnit;
  }

  /** A snapshot comes next, and what was before it is not known. */
  void beginsWithSnapshot() {
    waiting = withoutHistory != WithoutHistory.CONTINUE;
  }

  /** It is lost: what was chosen for that case; null to go on. */
  Step lost(Incoming first, String why) {
    if (withoutHistory == WithoutHistory.CONTINUE) {
      LOG.warn("Applying {} without its history: {}", partition, why);
      headless = true;
      return null;
    }
    String advice = Reasons.advice(first);
    if (withoutHistory == WithoutHistory.FAIL || first.form() == Form.FOREIGN) {
      return new Step.Refuse("The history of " + partition + " is lost: " + why + ". " + advice);
    }
    LOG.warn("{} waits for a snapshot: {}. {}", partition, why, advice);
    waiting = true;
    return null;
  }

  /** Nothing counts until a snapshot comes. */
  void awaitSnapshot() {
    waiting = true;
  }

  /** The target has it. */
  void known() {
    waiting = false;
  }

  /** A unit begins that is applied. */
  void goesOn() {
    if (waiting) {
      begun = new HashSet<>();
    }
    waiting = false;
    headless = false;
  }

  /** After a wait, tells of a table whose own snapshot did not come. */
  void noteBeginning(Incoming incoming) {
    if (begun == null || !begun.add(incoming.part().table().id()) || incoming.ofSnapshot()) {
      return;
    }
    LOG.warn(Reasons.withoutSnapshot(partition, incoming));
  }
}
