package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/** Makes the parts of records that stand for themselves: one change, a unit of its own. */
final class Singles {
  private Singles() {}

  static Incoming of(SinkRecord record, Table table, Change change, Form form) {
    Long at = record.timestamp();
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, null, at == null ? 0 : at, null);
    return new Incoming(record, new Part(table, header, 0, true, List.of(change), null), form);
  }
}
