package io.distributary.sink.unit;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.sink.read.Form;
import io.distributary.sink.read.Incoming;
import java.util.HashSet;
import java.util.Set;
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
  private static final long CLOCK_SKEW = 60_000;
  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);

  private final TopicPartition partition;
  private final WithoutHistory withoutHistory;
  private Resumption resumption;
  private Checkpoint checkpoint;
  private long next;
  private OpenUnit open;
  private OpenUnit skipped;
  private boolean headlessAllowed;
  private boolean waiting;
  private Set<TableId> begun;
  private final Tombstones tombstones;
  private final LongSupplier clock;
  private long compactedUntil;

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
    this.clock = clock;
    this.partition = partition;
    this.withoutHistory = withoutHistory;
    this.checkpoint = checkpoint;
    this.resumption = Resumption.of(checkpoint);
    this.tombstones = new Tombstones();
    noteCompaction();
    this.next =
        switch (resumption) {
          case FROM_START, BY_POSITION, FLOWING -> 0;
          case FROM_CHECKPOINT -> checkpoint.offset();
          case REWOUND -> checkpoint.offset() + 1;
        };
  }

  private Progress(Progress other) {
    partition = other.partition;
    withoutHistory = other.withoutHistory;
    resumption = other.resumption;
    checkpoint = other.checkpoint;
    next = other.next;
    open = other.open;
    skipped = other.skipped;
    headlessAllowed = other.headlessAllowed;
    waiting = other.waiting;
    begun = other.begun == null ? null : new HashSet<>(other.begun);
    tombstones = new Tombstones(other.tombstones);
    clock = other.clock;
    compactedUntil = other.compactedUntil;
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
    return waiting;
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
      waiting = true;
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
    headlessAllowed = how == Resumption.REWOUND;
    switch (finding) {
      case APPLIED -> {
        if (first.position() != null && !first.position().equals(checkpoint.position())) {
          tombstones.behind(); // it was passed over, perhaps amid others that the target has
        }
        next = first.offset() + 1;
        return Step.Pass.INSTANCE;
      }
      case NEXT_LEFT -> {
        LOG.warn(
            "The record applied last, at offset {} of {}, is gone (compaction or retention);"
                + " going on at offset {}",
            checkpoint.offset(),
            partition,
            first.offset());
      }
      case MADE_ANEW -> {
        LOG.warn(
            "Offset {} of {} is not the record that was applied last: the topic was made anew."
                + " Reading it from its beginning; units that the target has are told by their LSN",
            first.offset(),
            partition);
        resumption = Resumption.BY_POSITION;
        if (checkpoint.position() != null) {
          tombstones.behind();
        }
        next = 0;
        return new Step.Seek();
      }
      case HISTORY_LOST -> {
        return lost(first, "what was before the record at offset " + first.offset() + " is gone");
      }
      case SNAPSHOT -> waiting = withoutHistory != WithoutHistory.CONTINUE;
      case NEXT -> {}
    }
    return null;
  }

  /** History is lost: what was chosen for that case; null to go on. */
  private Step lost(Incoming first, String why) {
    if (withoutHistory == WithoutHistory.CONTINUE) {
      LOG.warn("Applying {} without its history: {}", partition, why);
      headlessAllowed = true;
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

  private Step follow(Incoming incoming) {
    if (waiting) {
      if (incoming.form() == Form.FOREIGN && !incoming.ofSnapshot()) {
        return lost(incoming, "no snapshot can come among records of others");
      }
      if (!incoming.startsSnapshot()) {
        next = incoming.offset() + 1;
        return Step.Pass.INSTANCE;
      }
      LOG.info("{} has its snapshot, at offset {}", partition, incoming.offset());
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
      next = incoming.offset() + 1;
      return Step.Pass.INSTANCE;
    }
    noteCompaction();
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
    Novelty novelty = Novelty.of(checkpoint == null ? null : checkpoint.position(), incoming);
    return switch (novelty) {
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
    waiting = false; // a history that the target has is not lost
    boolean compacted = incoming.timestamp() == null || incoming.timestamp() < compactedUntil;
    if (incoming.form() == Form.ROW && compacted && !tombstones.isBehind()) {
      return begin(incoming);
    }
    skipped = incoming.part().last() ? null : OpenUnit.begin(incoming, null, false, true);
    return skip(incoming);
  }

  private Step skip(Incoming incoming) {
    tombstones.behind();
    return pass(incoming);
  }

  /** Whether the target had that unit, and more. */
  private boolean again(Incoming incoming) {
    Position had = checkpoint == null ? null : checkpoint.position();
    return had != null
        && had.sameEpoch(incoming.position())
        && incoming.position().lsn() < had.lsn();
  }

  /** Records are missing that were there: so may be any that are there by now. */
  private void noteCompaction() {
    compactedUntil = clock.getAsLong() + CLOCK_SKEW;
  }

  private Step otherEpoch(Incoming incoming) {
    Step refused = lost(incoming, Reasons.otherEpoch(incoming, checkpoint.position()));
    if (refused != null) {
      return refused;
    }
    return waiting ? hold(incoming) : begin(incoming);
  }

  /** Passes over a record without counting it as done; the open unit's history is over. */
  private Step hold(Incoming incoming) {
    next = incoming.offset() + 1;
    if (open == null) {
      return Step.Pass.INSTANCE;
    }
    open = null;
    return new Step.Abandon();
  }

  private Step begin(Incoming incoming) {
    long undecided = tombstones.ahead();
    if (undecided >= 0) {
      next = undecided;
      return new Step.Seek();
    }
    Unfinished unfinished = open == null ? Unfinished.KEEP : open.followedBy(incoming);
    if (unfinished == Unfinished.DROP && open.wasWaiting() && !incoming.startsSnapshot()) {
      waiting = true;
      return hold(incoming);
    }
    if (incoming.form() == Form.BATCH && !incoming.startsUnit() && !headlessAllowed) {
      return new Step.Refuse(Reasons.missing(partition, incoming, 0));
    }
    if (waiting) {
      begun = new HashSet<>();
    }
    boolean wasWaiting = waiting || (open != null && open.wasWaiting());
    OpenUnit before = unfinished == Unfinished.DROP ? null : open;
    if (incoming.form() == Form.ROW && (before != null || !incoming.startsUnit())) {
      noteCompaction();
    }
    open = OpenUnit.begin(incoming, before, wasWaiting, again(incoming));
    waiting = false;
    headlessAllowed = false;
    return part(incoming, unfinished);
  }

  private Step part(Incoming incoming, Unfinished unfinished) {
    Part part = incoming.part();
    boolean gap =
        incoming.form() == Form.BATCH && part.claim() == null && part.seq() > open.seq() + 1;
    if (gap) {
      return new Step.Refuse(Reasons.missing(partition, incoming, open.seq() + 1));
    }
    if (incoming.form() == Form.ROW && part.seq() > open.seq() + 1) {
      noteCompaction();
    }
    noteBeginnings(incoming);
    OpenUnit unit = open;
    next = incoming.offset() + 1;
    boolean ends = part.last() && !unit.below(checkpoint == null ? null : checkpoint.position());
    open = ends ? null : part.last() ? unit.ended() : unit.upTo(part.seq());
    if (ends) {
      checkpoint = new Checkpoint(incoming.offset(), incoming.position(), incoming.timestamp());
    }
    return new Step.Apply(unit.asChanges() ? asChanges(part) : part, unfinished);
  }

  /** After a wait, tells of the tables whose own snapshot did not come. */
  private void noteBeginnings(Incoming incoming) {
    if (begun == null || !begun.add(incoming.part().table().id()) || incoming.ofSnapshot()) {
      return;
    }
    LOG.warn(Reasons.withoutSnapshot(partition, incoming));
  }

  private Step pass(Incoming incoming) {
    return pass(incoming.offset(), incoming.timestamp());
  }

  private Step pass(long offset, Long timestamp) {
    next = offset + 1;
    boolean amidUnit = open != null || skipped != null;
    if (!amidUnit && !tombstones.undecided() && !waiting) {
      checkpoint =
          new Checkpoint(offset, checkpoint == null ? null : checkpoint.position(), timestamp);
    }
    return Step.Pass.INSTANCE;
  }

  private static Part asChanges(Part part) {
    if (part.header().kind() == UnitKind.UPDATE) {
      return part;
    }
    UnitHeader header = part.header();
    return new Part(
        part.table(),
        new UnitHeader(
            UnitKind.UPDATE, header.position(), header.timestamp(), header.transactionId()),
        part.seq(),
        part.last(),
        part.changes(),
        part.claim());
  }
}
