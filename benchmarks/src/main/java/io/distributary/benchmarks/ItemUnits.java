package io.distributary.benchmarks;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Units of items as a sink receives them from Kafka, one after the other. */
final class ItemUnits {
  static final String TOPIC = "canonical.items";
  private static final Table TABLE =
      new Table(
          new TableId("main", null, "items"),
          List.of(
              new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("code", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("name", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("price", Schema.OPTIONAL_FLOAT64_SCHEMA, "REAL"),
              new Column("stock", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("note", Schema.OPTIONAL_STRING_SCHEMA, "TEXT")),
          0);

  private final boolean batches;
  private final RowWriter writer =
      new RowWriter(
          new TableSchemas(TOPIC, TABLE, false), new Provenance("1", "sqlite", "canonical"));
  private long lsn;
  private long offset;

  /**
   * @param events {@code transaction} for one record per unit, {@code row} for one per row
   */
  ItemUnits(String events) {
    batches = events.equals("transaction");
  }

  /** The rows of a unit: items from one id on, in one of their revisions. */
  static List<Object[]> rows(long first, int count, int revision) {
    List<Object[]> rows = new ArrayList<>(count);
    for (long id = first; id < first + count; id++) {
      rows.add(Scratch.item(id, revision));
    }
    return rows;
  }

  /** The records of a transaction that inserts the rows, or in a later revision updates them. */
  List<SinkRecord> unit(List<Object[]> rows, int revision) {
    Op op = revision == 0 ? Op.CREATE : Op.UPDATE;
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", ++lsn), 0, null);
    List<Change> changes = rows.stream().map(row -> Change.present(op, row)).toList();
    List<SinkRecord> records = new ArrayList<>();
    if (batches) {
      records.add(batch(changes, header, 0, true));
      return records;
    }
    int left = changes.size();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      Struct value = writer.envelope(change, header, i, --left == 0, i, 0);
      records.add(
          record(writer.schemas().key(), writer.key(change), writer.schemas().envelope(), value));
    }
    return records;
  }

  /** The records of a snapshot of so many items, in parts of so many rows, each record alone. */
  List<List<SinkRecord>> snapshot(int count, int partRows) {
    UnitHeader header = new UnitHeader(UnitKind.SNAPSHOT, new Position("e", ++lsn), 0, null);
    List<List<SinkRecord>> records = new ArrayList<>();
    for (int first = 0; first < count; first += partRows) {
      int rows = Math.min(partRows, count - first);
      List<Change> changes =
          rows(first + 1, rows, 0).stream().map(row -> Change.present(Op.READ, row)).toList();
      records.add(List.of(batch(changes, header, first / partRows, first + rows == count)));
    }
    return records;
  }

  private SinkRecord batch(List<Change> changes, UnitHeader header, int part, boolean last) {
    Struct value = writer.batch(changes, header, part, last, part, 0);
    return record(Schema.STRING_SCHEMA, "items", writer.schemas().batch(), value);
  }

  private SinkRecord record(Schema keySchema, Object key, Schema valueSchema, Object value) {
    return new SinkRecord(
        TOPIC, 0, keySchema, key, valueSchema, value, offset++, 0L, TimestampType.CREATE_TIME);
  }
}
