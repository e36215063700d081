package io.distributary.sink;

import io.distributary.sink.read.RecordReader;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** Where, in the records of a partition, the whole units end. */
final class Tail {
  private Tail() {}

  /** The index of the first record after the last whole unit and its tombstones. */
  static int start(List<SinkRecord> records, RecordReader reader) {
    int end = records.size();
    while (end > 0 && !ends(records.get(end - 1), reader)) {
      end--;
    }
    if (end == 0) {
      return records.stream().allMatch(record -> record.value() == null) ? records.size() : 0;
    }
    while (end < records.size() && records.get(end).value() == null) {
      end++;
    }
    return end;
  }

  private static boolean ends(SinkRecord record, RecordReader reader) {
    return record.value() != null && reader.endsUnit(record);
  }
}
