package io.distributary.sink.read;

import org.apache.kafka.connect.sink.SinkRecord;

/** Reads one form of records, with values of one schema or with none. */
interface Reader {
  /** What the record says. */
  Incoming read(SinkRecord record);

  /** Whether the record ends its unit; cheap, for it is asked before the record is read. */
  boolean endsUnit(SinkRecord record);
}
