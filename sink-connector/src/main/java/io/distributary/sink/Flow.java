package io.distributary.sink;

import io.distributary.sink.unit.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTaskContext;

/** The partitions that a task reads, and what the consumer is told to do with them. */
final class Flow {
  private final SinkTaskContext context;
  private final Duration unitTimeout;
  private final Map<TopicPartition, Assignment> assignments = new LinkedHashMap<>();
  private final Set<TopicPartition> paused = new HashSet<>();

  Flow(SinkTaskContext context, Duration unitTimeout) {
    this.context = context;
    this.unitTimeout = unitTimeout;
  }

  /** The partition; null if the task does not read it (yet). */
  Assignment get(TopicPartition partition) {
    return assignments.get(partition);
  }

  /** All partitions. */
  Collection<Assignment> all() {
    return assignments.values();
  }

  void add(Assignment assignment) {
    assignments.put(assignment.partition(), assignment);
    seek(assignment);
  }

  void remove(Collection<TopicPartition> partitions) {
    assignments.keySet().removeAll(partitions);
    paused.removeAll(partitions);
  }

  /** The partition whose open unit all others wait for; null if there is none. */
  Assignment holder() {
    for (Assignment assignment : assignments.values()) {
      if (assignment.open()) {
        return assignment;
      }
    }
    return null;
  }

  /** Reads on where the partition's progress is, whatever came already. */
  void seek(Assignment assignment) {
    context.offset(assignment.partition(), assignment.progress().next());
  }

  /** Reads on where the progress of these partitions is. */
  void seek(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      Assignment assignment = assignments.get(partition);
      if (assignment != null) {
        seek(assignment);
      }
    }
  }

  /** The checkpoints that moved since the last commit. */
  Map<TopicPartition, Checkpoint> moved() {
    Map<TopicPartition, Checkpoint> moved = new HashMap<>();
    for (Assignment assignment : assignments.values()) {
      Checkpoint checkpoint = assignment.progress().checkpoint();
      if (checkpoint != null && !checkpoint.equals(assignment.durable().checkpoint())) {
        moved.put(assignment.partition(), checkpoint);
      }
    }
    return moved;
  }

  /** All partitions are committed as they are. */
  void committed() {
    assignments.values().forEach(Assignment::committed);
  }

  /** All partitions go back to where they were at the last commit. */
  void rolledBack() {
    for (Assignment assignment : assignments.values()) {
      boolean moved = assignment.progress().next() != assignment.durable().next();
      assignment.rolledBack();
      if (moved) {
        seek(assignment);
      }
    }
  }

  /** The offsets up to which units are committed, of records that Connect has handed out. */
  Map<TopicPartition, OffsetAndMetadata> offsets(Map<TopicPartition, OffsetAndMetadata> consumed) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    consumed.forEach(
        (partition, upTo) -> {
          Assignment assignment = assignments.get(partition);
          Checkpoint checkpoint = assignment == null ? null : assignment.durable().checkpoint();
          // Connect refuses offsets of records that it has not handed out since the seek.
          if (checkpoint != null && checkpoint.offset() < upTo.offset()) {
            offsets.put(partition, new OffsetAndMetadata(checkpoint.offset() + 1));
          }
        });
    return offsets;
  }

  /**
   * Pauses and resumes what is to be, and says when to call again.
   *
   * @param resting until when nothing is read at all, in milliseconds
   * @param latest when to call again whatever happens, in milliseconds
   */
  void regulate(long now, long resting, long latest) {
    Assignment holder = holder();
    Set<TopicPartition> still = new HashSet<>();
    long due = latest;
    for (Assignment assignment : assignments.values()) {
      boolean rests = assignment.restUntil() > now;
      if (now < resting || rests || (holder != null && holder != assignment)) {
        still.add(assignment.partition());
      }
      due = rests ? Math.min(due, assignment.restUntil()) : due;
    }
    if (holder != null) {
      due = Math.min(due, holder.openSince() + unitTimeout.toMillis());
    }
    due = now < resting ? resting : due;
    pause(still);
    if (due != Long.MAX_VALUE) {
      context.timeout(Math.max(1, due - now));
    }
  }

  private void pause(Set<TopicPartition> still) {
    Set<TopicPartition> resumed = new HashSet<>(paused);
    resumed.removeAll(still);
    Set<TopicPartition> stopped = new HashSet<>(still);
    stopped.removeAll(paused);
    if (!resumed.isEmpty()) {
      context.resume(resumed.toArray(TopicPartition[]::new));
    }
    if (!stopped.isEmpty()) {
      context.pause(stopped.toArray(TopicPartition[]::new));
    }
    paused.clear();
    paused.addAll(still);
  }

  /** The records of each partition in Kafka, whatever a transform calls their topic; in order. */
  static Map<TopicPartition, List<SinkRecord>> byPartition(Collection<SinkRecord> records) {
    Map<TopicPartition, List<SinkRecord>> batches = new LinkedHashMap<>();
    TopicPartition last = null;
    List<SinkRecord> batch = null;
    for (SinkRecord record : records) {
      if (last == null
          || last.partition() != record.originalKafkaPartition()
          || !last.topic().equals(record.originalTopic())) {
        last = new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
        batch = batches.computeIfAbsent(last, key -> new ArrayList<>());
      }
      batch.add(record);
    }
    return batches;
  }
}
