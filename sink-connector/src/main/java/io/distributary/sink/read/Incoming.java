package io.distributary.sink.read;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * A record and what was read from it.
 *
 * @param record the record
 * @param part its content; null for a tombstone whose key names no row
 * @param form what kind of record it is
 */
public record Incoming(SinkRecord record, Part part, Form form) {

  /** Where its unit stands in the history of its source; null if only the offset tells. */
  public Position position() {
    return part == null ? null : part.header().position();
  }

  /** The record's offset. */
  public long offset() {
    return record.kafkaOffset();
  }

  /** The Kafka timestamp of the record; null where it has none. */
  public Long timestamp() {
    return record.timestamp();
  }

  /** Whether the part belongs to a statement of a table's whole content. */
  public boolean ofSnapshot() {
    return part != null && part.header().kind() == UnitKind.SNAPSHOT;
  }

  /** Whether nothing of its unit comes before it. A claim holds all of its unit's rows. */
  public boolean startsUnit() {
    return part == null || part.seq() == 0 || part.claim() != null;
  }

  /** Whether it says how a table begins, so that nothing before it matters. */
  public boolean startsSnapshot() {
    return ofSnapshot() && startsUnit();
  }
}
