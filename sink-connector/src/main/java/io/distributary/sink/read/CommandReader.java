package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads command packets: {@code action} with {@code data} (columns to write) and {@code
 * restriction} (which row). {@code add} and {@code set} write a row, {@code update} writes some
 * columns of one, {@code delete} removes it. The restriction's columns are the row's key; where
 * there is none, the record's key is, else the relation's.
 */
final class CommandReader implements Reader {
  static final Set<String> ACTIONS = Set.of("add", "set", "update", "delete");

  private final Tables tables = new Tables();
  private final Keys keys = new Keys();
  private final Joins joins = new Joins();
  private final TableNames names;
  private final Shapes dataShapes;
  private final Shapes restrictionShapes;
  private final Get action;
  private final Get data;
  private final Get restriction;

  CommandReader(Schema value, TableNames names) {
    this.names = names;
    dataShapes = new Shapes(Get.schema(value, "data"));
    restrictionShapes = new Shapes(Get.schema(value, "restriction"));
    action = Get.field(value, "action");
    data = Get.field(value, "data");
    restriction = Get.field(value, "restriction");
  }

  @Override
  public boolean endsUnit(SinkRecord record) {
    return true;
  }

  @Override
  public Incoming read(SinkRecord record) {
    String verb = (String) action.from(record.value());
    Object where = restriction.from(record.value());
    Object what = verb.equals("delete") ? null : data.from(record.value());
    Rows key = where == null ? keys.of(record.key()) : shape(restrictionShapes, where);
    Object keyBlock = where == null ? record.key() : where;
    if (key.fields().isEmpty()) {
      keyBlock = null;
    }
    if (verb.equals("delete")) {
      return delete(record, key, keyBlock);
    }
    if (what == null) {
      throw new DataException("action '" + verb + "' needs data");
    }
    Rows columns = shape(dataShapes, what);
    JoinedRows rows = joins.of(key, columns);
    Table table = tables.table(names.of(record), rows, key.fields());
    Object[] row = rows.values(keyBlock, what);
    keepsKey(table, key, keyBlock, row);
    Op op = verb.equals("add") ? Op.CREATE : Op.UPDATE;
    return Singles.of(record, table, Change.present(op, row), Form.FOREIGN);
  }

  private Incoming delete(SinkRecord record, Rows key, Object keyBlock) {
    if (keyBlock == null) {
      throw new DataException("action 'delete' needs a restriction, or a key with named fields");
    }
    Table table = tables.table(names.of(record), key, key.fields());
    return Singles.of(record, table, Change.deleted(key.values(keyBlock)), Form.FOREIGN);
  }

  /** Data must not contradict the restriction: one command writes one row, under its own key. */
  private static void keepsKey(Table table, Rows key, Object keyBlock, Object[] row) {
    Object[] asked = key.values(keyBlock);
    for (int i = 0; asked != null && i < asked.length; i++) {
      if (!Objects.deepEquals(asked[i], row[i])) {
        throw new DataException(
            "data changes column '"
                + table.columns().get(i).name()
                + "', which the restriction or key says otherwise: send a delete and an add");
      }
    }
  }

  private static Rows shape(Shapes shapes, Object block) {
    return shapes.of(List.of(block));
  }
}
