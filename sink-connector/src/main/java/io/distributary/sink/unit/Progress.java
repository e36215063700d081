package io.distributary.sink.unit;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far one partition is, and what each next record of it means: skipped, applied, part of the
 * open unit, reason to read from elsewhere. Taking a record supposes that what it says to do is
 * done; where it fails, the caller goes back to a {@link #copy} made before.
 *
 * <p>Not safe for use by several threads.
 */
public final class Progress {
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  private final TopicPartition partition;
  private final History history;
  private final Compaction compaction;
  private final Tombstones tombstones;
  private Resumption resumption;
  private Checkpoint checkpoint;
  private long next;
  private OpenUnit open;
  private OpenUnit skipped;

  /**
   * The progress of a partition just opened.
   *
   * @param checkpoint what its target has; null for nothing
   * @param clock the time in milliseconds
   */
  public Progress(
      TopicPartition partition,
      Checkpoint checkpoint,
      WithoutHistory withoutHistory,
      LongSupplier clock) {
    this.partition = partition;
    this.history = new History(partition, withoutHistory);
    this.compaction = new Compaction(clock);
    this.tombstones = new Tombstones();
    this.resumption = Resumption.of(checkpoint);
    this.checkpoint = checkpoint;
    this.next = resumption.offset(checkpoint);
  }

  private Progress(Progress other) {
    partition = other.partition;
    history = new History(other.history);
    compaction = new Compaction(other.compaction);
    tombstones = new Tombstones(other.tombstones);
    resumption = other.resumption;
    checkpoint = other.checkpoint;
    next = other.next;
    open = other.open;
    skipped = other.skipped;
  }

  /** The same progress, to go back to. */
  public Progress copy() {
    return new Progress(this);
  }

  /** The offset to read next. */
  public long next() {
    return next;
  }

  /** The checkpoint that what was taken so far makes; null as long as there is none. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** The unit whose end has not come; null if there is none. */
  public OpenUnit open() {
    return open;
  }

  /** Whether changes are passed over until a snapshot comes. */
  public boolean waiting() {
    return history.waiting();
  }

  /** Passes over a record that cannot be read. It says nothing about how reading resumes. */
  public void passUnreadable(SinkRecord record) {
    boolean flows = resumption == Resumption.FLOWING || resumption == Resumption.REWOUND;
    if (flows || (resumption == Resumption.FROM_START && record.kafkaOffset() == 0)) {
      resumption = Resumption.FLOWING;
      pass(record.kafkaOffset(), record.timestamp());
    } else {
      next = record.kafkaOffset() + 1;
    }
  }

  /** Decides about the next record, and counts it as done. */
  public Step take(Incoming incoming) {
    Step step = resume(incoming);
    if (step == null) {
      step = follow(incoming);
    }
    tombstones.passed(incoming);
    return step;
  }

  /**
   * Passes over a unit whose rows are gone: what follows it waits for a snapshot. Nothing from it
   * on counts as done until that comes.
   */
  public Step lose(Incoming incoming) {
    Step step = resume(incoming);
    if (step == null) {
      history.awaitSnapshot();
      skipped = null;
      step = hold(incoming);
    }
    tombstones.passed(incoming);
    return step;
  }

  /** What the first record after a seek says; null to look at it as at any other. */
  private Step resume(Incoming first) {
    if (resumption == Resumption.FLOWING) {
      return null;
    }
    Resumption how = resumption;
    Resumption.Finding finding = how.find(checkpoint, first);
    resumption = Resumption.FLOWING;
    history.resumes(how == Resumption.REWOUND);
    switch (finding) {
      case APPLIED -> {
        if (first.position() != null && !first.position().equals(checkpoint.position())) {
          tombstones.behind(); // it was passed over, perhaps amid others that the target has
        }
        return passUncounted(first);
      }
      case NEXT_LEFT -> LOG.warn(Reasons.nextLeft(partition, checkpoint, first));
      case MADE_ANEW -> {
        LOG.warn(Reasons.madeAnew(partition, first));
        if (checkpoint.position() != null) {
          tombstones.behind();
        }
        resumption = Resumption.BY_POSITION;
        next = resumption.offset(checkpoint);
        return new Step.Seek();
      }
      case HISTORY_LOST -> {
        return history.lost(first, Reasons.gone(first));
      }
      case SNAPSHOT -> history.beginsWithSnapshot();
      case NEXT -> {}
    }
    return null;
  }

  private Step follow(Incoming incoming) {
    if (history.waiting()) {
      if (incoming.form() == Form.FOREIGN && !incoming.ofSnapshot()) {
        Step refused = history.lost(incoming, "no snapshot can come among records of others");
        if (refused != null) {
          return refused;
        }
        history.known();
      } else if (!incoming.startsSnapshot()) {
        return passUncounted(incoming);
      } else {
        LOG.info("{} has its snapshot, at offset {}", partition, incoming.offset());
      }
    }
    if (incoming.form() == Form.TOMBSTONE) {
      return tombstone(incoming);
    }
    return incoming.position() == null ? alone(incoming) : positioned(incoming);
  }

  private Step tombstone(Incoming incoming) {
    if (tombstones.repeats(incoming)) {
      return pass(incoming);
    }
    if (incoming.part() == null) {
      LOG.warn(
          "The tombstone at offset {} of {} has a null in its key, so names no row: passed over",
          incoming.offset(),
          partition);
      return pass(incoming);
    }
    if (open == null && tombstones.undecided(incoming)) {
      return passUncounted(incoming);
    }
    compaction.noticed();
    return alone(incoming);
  }

  /** A record without a position: a unit of its own, or shown with the open one. */
  private Step alone(Incoming incoming) {
    pass(incoming);
    if (open == null || !open.loadsSnapshot()) {
      return new Step.Apply(incoming.part(), Unfinished.KEEP);
    }
    open = open.ended(); // no snapshot holds such a record, so its end is gone
    return new Step.Apply(incoming.part(), Unfinished.MERGE_SNAPSHOT);
  }

  private Step positioned(Incoming incoming) {
    if (open != null && open.continuedBy(incoming)) {
      return part(incoming, Unfinished.KEEP);
    }
    if (skipped != null && skipped.continuedBy(incoming)) {
      skipped = incoming.part().last() ? null : skipped.upTo(incoming.part().seq());
      return skip(incoming);
    }
    skipped = null;
    return switch (Novelty.of(applied(), incoming)) {
      case OLD -> old(incoming);
      case OTHER_EPOCH -> otherEpoch(incoming);
      case NEW -> begin(incoming);
    };
  }

  /**
   * A unit that the target has. Mostly it is passed over. But where compaction may have been at
   * work, a record of a unit sent again may be the only one left of its key, which the unit lacked
   * when it was applied: so there all that was sent again is applied again, and shown only when it
   * has come as far as the target was.
   */
  private Step old(Incoming incoming) {
    history.known();
    if (incoming.form() == Form.ROW && compaction.around(incoming) && !tombstones.isBehind()) {
      return begin(incoming);
    }
    skipped = incoming.part().last() ? null : OpenUnit.begin(incoming, null, false, true);
    return skip(incoming);
  }

  private Step skip(Incoming incoming) {
    tombstones.behind();
    return pass(incoming);
  }

  private Step otherEpoch(Incoming incoming) {
    Step refused = history.lost(incoming, Reasons.otherEpoch(incoming, checkpoint.position()));
    if (refused != null) {
      return refused;
    }
    return history.waiting() ? hold(incoming) : begin(incoming);
  }

  /** Passes over a record without counting it as done; the open unit's history is over. */
  private Step hold(Incoming incoming) {
    Step pass = passUncounted(incoming);
    boolean abandons = open != null;
    open = null;
    return abandons ? new Step.Abandon() : pass;
  }

  private Step begin(Incoming incoming) {
    long undecided = tombstones.ahead();
    if (undecided >= 0) {
      next = undecided;
      return new Step.Seek();
    }
    Unfinished unfinished = open == null ? Unfinished.KEEP : open.followedBy(incoming);
    if (unfinished == Unfinished.DROP && open.wasWaiting() && !incoming.startsSnapshot()) {
      history.awaitSnapshot();
      return hold(incoming);
    }
    if (incoming.form() == Form.BATCH && !incoming.startsUnit() && !history.headless()) {
      return new Step.Refuse(Reasons.missing(partition, incoming, 0));
    }
    boolean wasWaiting = history.waiting() || (open != null && open.wasWaiting());
    OpenUnit before = unfinished == Unfinished.DROP ? null : open;
    if (incoming.form() == Form.ROW && (before != null || !incoming.startsUnit())) {
      compaction.noticed();
    }
    boolean again = applied() != null && incoming.position().isBefore(applied());
    open = OpenUnit.begin(incoming, before, wasWaiting, again);
    history.goesOn();
    return part(incoming, unfinished);
  }

  private Step part(Incoming incoming, Unfinished unfinished) {
    Part part = incoming.part();
    if (open.lacksBefore(part)) {
      if (incoming.form() == Form.BATCH) {
        return new Step.Refuse(Reasons.missing(partition, incoming, open.seq() + 1));
      }
      compaction.noticed();
    }
    history.noteBeginning(incoming);
    OpenUnit unit = open;
    next = incoming.offset() + 1;
    boolean ends = part.last() && !unit.below(applied());
    open = ends ? null : part.last() ? unit.ended() : unit.upTo(part.seq());
    if (ends) {
      checkpoint = new Checkpoint(incoming.offset(), incoming.position(), incoming.timestamp());
    }
    return new Step.Apply(unit.applied(part), unfinished);
  }

  /** The position up to which the target has all; null where there is none to compare with. */
  private Position applied() {
    return checkpoint == null ? null : checkpoint.position();
  }

  private Step pass(Incoming incoming) {
    return pass(incoming.offset(), incoming.timestamp());
  }

  private Step pass(long offset, Long timestamp) {
    next = offset + 1;
    boolean amidUnit = open != null || skipped != null;
    if (!amidUnit && !tombstones.undecided() && !history.waiting()) {
      checkpoint = new Checkpoint(offset, applied(), timestamp);
    }
    return Step.Pass.INSTANCE;
  }

  /** Passes over a record that is to be read again after a failure. */
  private Step passUncounted(Incoming incoming) {
    next = incoming.offset() + 1;
    return Step.Pass.INSTANCE;
  }
}
