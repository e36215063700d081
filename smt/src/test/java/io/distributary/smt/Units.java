package io.distributary.smt;

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
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Makes the records of units as the source does. */
final class Units {
  private final String topic;
  private final RowWriter writer;

  private Units(String topic, RowWriter writer) {
    this.topic = topic;
    this.writer = writer;
  }

  /** Units of a table with an id, a name and a price, on a topic of its own. */
  static Units of(String table) {
    return onTopic("shop." + table, table);
  }

  static Units onTopic(String topic, String table) {
    Table shape =
        new Table(
            new TableId("shop.db", null, table),
            List.of(
                new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
                new Column("full name", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
                new Column("price", Schema.OPTIONAL_FLOAT64_SCHEMA, "REAL")),
            0);
    TableSchemas schemas = new TableSchemas(topic + "." + table, shape, false);
    return new Units(topic, new RowWriter(schemas, new Provenance("1", "sqlite", "shop")));
  }

  /** A unit in parts with so many rows each; the ids go on from part to part. */
  List<SourceRecord> unit(long lsn, int... parts) {
    return unit(UnitKind.UPDATE, lsn, parts);
  }

  List<SourceRecord> unit(UnitKind kind, long lsn, int... parts) {
    List<SourceRecord> records = new ArrayList<>();
    UnitHeader header = new UnitHeader(kind, new Position("epoch-1", lsn), 1_700_000_000_000L, lsn);
    int id = 0;
    for (int part = 0; part < parts.length; part++) {
      List<Change> changes = changes(id, parts[part]);
      id += parts[part];
      boolean last = part == parts.length - 1;
      records.add(
          record(plain(writer.batch(changes, header, part, last, part, 1L)), last ? lsn : lsn - 1));
    }
    return records;
  }

  /** The rows of a unit with so many, as they stand in its batches. */
  List<Struct> rows(int count) {
    return unit(1, count).stream()
        .flatMap(record -> ((Struct) record.value()).<Struct>getArray("rows").stream())
        .toList();
  }

  /** The same as structs of Connect's own class, for only such are equal to what a store gives. */
  private static Struct plain(Struct struct) {
    Struct plain = new Struct(struct.schema());
    for (Field field : struct.schema().fields()) {
      plain.put(field, plain(struct.get(field)));
    }
    return plain;
  }

  private static Object plain(Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(element -> plain((Object) element)).toList();
    }
    return value instanceof Struct struct ? plain(struct) : value;
  }

  private static List<Change> changes(int first, int count) {
    List<Change> changes = new ArrayList<>();
    for (int id = first; id < first + count; id++) {
      // Some values do not fit their column, as in SQLite they may.
      Object price = id % 100 == 3 ? "free" : (Object) (id / 10.0);
      changes.add(new Change(Op.CREATE, null, new Object[] {(long) id, "product " + id, price}));
    }
    return changes;
  }

  private SourceRecord record(Struct batch, long offset) {
    return new SourceRecord(
        Map.of("source", "shop"),
        Map.of("lsn", offset),
        topic,
        0,
        Schema.STRING_SCHEMA,
        writer.schemas().table().id().name(),
        batch.schema(),
        batch,
        1_700_000_000_000L);
  }
}
