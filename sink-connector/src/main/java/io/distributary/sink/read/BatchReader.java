package io.distributary.sink.read;

import io.distributary.core.claim.Claim;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads Distributary's batches: a part of a unit in one record. */
final class BatchReader implements Reader {
  private final Tables tables = new Tables();
  private final TableNames names;
  private final SourceBlock block;
  private final Irregulars irregulars;
  private final Shapes shapes;
  private final Get source;
  private final Get kind;
  private final Get last;
  private final Get key;
  private final Get rows;
  private final Get claim;
  private final Get op;
  private final Get before;
  private final Get after;
  private final Get irregular;

  BatchReader(Schema value, TableNames names) {
    this.names = names;
    Schema list = Get.schema(value, "rows");
    Schema row = list == null ? null : list.valueSchema();
    block = new SourceBlock(Get.schema(value, "source"));
    irregulars = new Irregulars(Get.schema(row, "irregular"));
    shapes = new Shapes(Get.schema(row, "after"));
    source = Get.field(value, "source");
    kind = Get.field(value, "kind");
    last = Get.field(value, "last");
    key = Get.field(value, "key");
    rows = Get.field(value, "rows");
    claim = Get.field(value, "claim");
    op = Get.field(row, "op");
    before = Get.field(row, "before");
    after = Get.field(row, "after");
    irregular = Get.field(row, "irregular");
  }

  @Override
  public boolean endsUnit(SinkRecord record) {
    return Boolean.TRUE.equals(last.from(record.value()));
  }

  @Override
  public Incoming read(SinkRecord record) {
    Object value = record.value();
    Object from = source.from(value);
    UnitHeader header =
        block.header(UnitKind.of((String) kind.from(value)), block.position(from), from);
    names.remember(record.topic(), block.table(from));
    Collection<?> images = (Collection<?>) rows.from(value);
    Rows shape = shape(images == null ? List.of() : images);
    Table table = tables.table(block.table(from), shape, fields(key.from(value)));
    Part part =
        new Part(
            table,
            header,
            block.seq(from),
            endsUnit(record),
            images == null ? List.of() : changes(images, shape),
            Claim.of(claim.from(value)));
    return new Incoming(record, part, Form.BATCH);
  }

  private Rows shape(Collection<?> images) {
    if (shapes.fixed()) {
      return shapes.of(List.of());
    }
    List<Object> present = new ArrayList<>();
    for (Object image : images) {
      Object now = after.from(image);
      present.add(now != null ? now : before.from(image));
    }
    return shapes.of(present);
  }

  private List<Change> changes(Collection<?> images, Rows shape) {
    List<Column> columns = shape.columns();
    List<Change> changes = new ArrayList<>(images.size());
    for (Object image : images) {
      Object[] was = shape.values(before.from(image));
      Object[] is = shape.values(after.from(image));
      Object beside = irregular.from(image);
      if (beside != null) {
        irregulars.restore(beside, is != null ? is : was, columns);
      }
      changes.add(new Change(Op.of((String) op.from(image)), was, is));
    }
    return changes;
  }

  @SuppressWarnings("unchecked") // the schema says so, and a wrong type fails in the look-up
  private static List<String> fields(Object key) {
    return key == null ? List.of() : (List<String>) key;
  }
}
