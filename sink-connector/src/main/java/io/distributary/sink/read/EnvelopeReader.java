package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads envelopes: a row's change in one record. Those of Debezium lack the epoch; their LSNs (if
 * any) are each row's own and say nothing about transactions, so each is a unit of its own.
 */
final class EnvelopeReader implements Reader {
  private final Tables tables = new Tables();
  private final Keys keys = new Keys();
  private final TableNames names;
  private final SourceBlock block;
  private final Irregulars irregulars;
  private final Shapes shapes;
  private final Get source;
  private final Get op;
  private final Get before;
  private final Get after;
  private final Get irregular;

  EnvelopeReader(Schema value, TableNames names) {
    this.names = names;
    Schema row = Get.schema(value, "after");
    block = new SourceBlock(Get.schema(value, "source"));
    irregulars = new Irregulars(Get.schema(value, "irregular"));
    shapes = new Shapes(row != null ? row : Get.schema(value, "before"));
    source = Get.field(value, "source");
    op = Get.field(value, "op");
    before = Get.field(value, "before");
    after = Get.field(value, "after");
    irregular = Get.field(value, "irregular");
  }

  @Override
  public boolean endsUnit(SinkRecord record) {
    Object from = source.from(record.value());
    return block.position(from) == null || block.last(from);
  }

  @Override
  public Incoming read(SinkRecord record) {
    Object value = record.value();
    Object from = source.from(value);
    Object now = after.from(value);
    Object then = before.from(value);
    TableId id = block.table(from);
    if (id == null) {
      id = names.of(record);
    } else {
      names.remember(record.topic(), id);
    }
    Position position = block.position(from);
    Op happened = Op.of((String) op.from(value));
    Rows shape = shapes.of(Arrays.asList(now != null ? now : then));
    Table table = tables.table(id, shape, keys.of(record.key()).fields());
    Object[] is = happened == Op.DELETE ? null : shape.values(now);
    Object[] was = shape.values(then);
    irregulars.restore(irregular.from(value), is != null ? is : was, shape.columns());
    if (happened == Op.TRUNCATE) {
      return empty(record, table, from, position);
    }
    if (is == null && was == null) {
      throw new DataException(
          "Op '" + happened.code() + "' has neither of the images before and after");
    }
    if (position == null) {
      untouch(is);
    }
    return incoming(record, table, from, position, new Change(happened, was, is));
  }

  private Incoming incoming(
      SinkRecord record, Table table, Object from, Position position, Change change) {
    boolean ours = position != null;
    Part part =
        new Part(
            table,
            block.header(
                ours && block.snapshot(from) ? UnitKind.SNAPSHOT : UnitKind.UPDATE, position, from),
            ours ? block.seq(from) : 0,
            !ours || block.last(from),
            List.of(change),
            null);
    return new Incoming(record, part, ours ? Form.ROW : Form.FOREIGN);
  }

  /** A table emptied at once: a snapshot without rows, unless it is but a step of its unit. */
  private Incoming empty(SinkRecord record, Table table, Object from, Position position) {
    boolean step = position != null && !(block.seq(from) == 0 && block.last(from));
    if (step) {
      return incoming(record, table, from, position, new Change(Op.TRUNCATE, null, null));
    }
    Part part =
        new Part(table, block.header(UnitKind.SNAPSHOT, position, from), 0, true, List.of(), null);
    return new Incoming(record, part, position != null ? Form.ROW : Form.FOREIGN);
  }

  private static void untouch(Object[] row) {
    for (int i = 0; row != null && i < row.length; i++) {
      if (Unavailable.is(row[i])) {
        row[i] = Change.UNTOUCHED;
      }
    }
  }
}
