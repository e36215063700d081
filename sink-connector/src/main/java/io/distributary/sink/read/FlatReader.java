package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads flat rows: the value holds the columns, the key (a struct or map) those of the key. */
final class FlatReader implements Reader {
  private final Tables tables = new Tables();
  private final Keys keys = new Keys();
  private final Joins joins = new Joins();
  private final Shapes shapes;
  private final TableNames names;

  FlatReader(Schema value, TableNames names) {
    this.shapes = new Shapes(value);
    this.names = names;
  }

  @Override
  public boolean endsUnit(SinkRecord record) {
    return true;
  }

  @Override
  public Incoming read(SinkRecord record) {
    Rows key = keys.of(record.key());
    JoinedRows rows = joins.of(key, shapes.of(List.of(record.value())));
    Table table = tables.table(names.of(record), rows, key.fields());
    Object[] row = rows.values(record.key(), record.value());
    return Singles.of(record, table, Change.present(Op.UPDATE, row), Form.FOREIGN);
  }
}
