package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.emit.Emitter;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * Tells the capture what Kafka has. What counts is not that records were sent but that the offset
 * to resume from is stored, so it is Connect's own reader that is asked.
 */
final class Acknowledgements {
  /** A question reads a topic to its end; with exactly-once offsets are stored very often. */
  private static final long AT_MOST_EVERY_NS = Duration.ofSeconds(2).toNanos();

  private final Capture capture;
  private final OffsetStorageReader reader;
  private final Map<String, String> partition;
  private volatile boolean stored;
  private long asked = System.nanoTime();

  Acknowledgements(Capture capture, OffsetStorageReader reader, Map<String, String> partition) {
    this.capture = capture;
    this.reader = reader;
    this.partition = partition;
  }

  /** Connect has stored offsets. Called by whatever thread Connect does it on. */
  void stored() {
    stored = true;
  }

  /** Passes on what is stored, if that may have changed. Called by the task's own thread. */
  void pass() {
    if (!stored || System.nanoTime() - asked < AT_MOST_EVERY_NS) {
      return;
    }
    stored = false;
    asked = System.nanoTime();
    Map<String, Object> bookmark = Emitter.bookmark(reader.offset(partition));
    if (bookmark != null) {
      capture.acknowledged(bookmark);
    }
  }
}
