package io.distributary.sink.read;

import io.distributary.core.claim.Claim;
import io.distributary.core.record.Change;
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
  private final Shapes shapes;
  private final Get source;
  private final Get kind;
  private final Get last;
  private final Get key;
  private final Get rows;
  private final Get claim;
  private final BatchRow row;

  BatchReader(Schema value, TableNames names) {
    this.names = names;
    Schema list = Get.schema(value, "rows");
    Schema ofRow = list == null ? null : list.valueSchema();
    block = new SourceBlock(Get.schema(value, "source"));
    row = new BatchRow(ofRow);
    shapes = new Shapes(Get.schema(ofRow, "after"));
    source = Get.field(value, "source");
    kind = Get.field(value, "kind");
    last = Get.field(value, "last");
    key = Get.field(value, "key");
    rows = Get.field(value, "rows");
    claim = Get.field(value, "claim");
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
      present.add(row.image(image));
    }
    return shapes.of(present);
  }

  private List<Change> changes(Collection<?> images, Rows shape) {
    List<Column> columns = shape.columns();
    List<Change> changes = new ArrayList<>(images.size());
    for (Object image : images) {
      changes.add(row.change(image, shape, columns));
    }
    return changes;
  }

  @SuppressWarnings("unchecked") // the schema says so, and a wrong type fails in the look-up
  private static List<String> fields(Object key) {
    return key == null ? List.of() : (List<String>) key;
  }
}
