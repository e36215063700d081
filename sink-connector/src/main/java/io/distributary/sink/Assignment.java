package io.distributary.sink;

import io.distributary.sink.read.Incoming;
import io.distributary.sink.unit.Progress;
import io.distributary.sink.unit.Step;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A partition that the task reads: how far it is, and how far it was at the last commit. */
final class Assignment {
  private final TopicPartition partition;
  private Progress durable;
  private Progress progress;
  private final Set<Long> lost = new HashSet<>();
  private long boundary = -1;
  private long lastHeld;
  private long openSince;
  private long restUntil;

  Assignment(TopicPartition partition, Progress progress) {
    this.partition = partition;
    this.durable = progress.copy();
    this.progress = progress;
  }

  TopicPartition partition() {
    return partition;
  }

  /** How far it is. */
  Progress progress() {
    return progress;
  }

  /** How far it was at the last commit. */
  Progress durable() {
    return durable;
  }

  /** Whether the end of a unit is awaited. */
  boolean open() {
    return progress.open() != null;
  }

  /** Decides about the next record. */
  Step take(Incoming incoming) {
    return lost.contains(incoming.offset()) ? progress.lose(incoming) : progress.take(incoming);
  }

  /** The rows of the record at that offset are gone. */
  void lost(long offset) {
    lost.add(offset);
  }

  /** What was taken so far is committed. */
  void committed() {
    durable = progress.copy();
  }

  /** What was taken since the last commit is undone. */
  void rolledBack() {
    progress = durable.copy();
  }

  /** Whether all before that offset must be committed, for what begins there may be dropped. */
  boolean boundaryAt(long offset) {
    return offset == boundary;
  }

  void setBoundary(long offset) {
    boundary = offset;
  }

  /** When it last kept the other partitions waiting, as a number that grows. */
  long lastHeld() {
    return lastHeld;
  }

  void holds(long turn) {
    lastHeld = turn;
  }

  /** When the last part of the open unit came, in milliseconds. */
  long openSince() {
    return openSince;
  }

  void partCame(long now) {
    openSince = now;
  }

  /** Until when it gives way to other partitions, in milliseconds. */
  long restUntil() {
    return restUntil;
  }

  void rest(long until) {
    restUntil = until;
  }
}
