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
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Large units of items, part after part as the source sends them: the other benchmarks' items, with
 * the price as a decimal and the time of the last change as a timestamp.
 */
final class ClaimUnits {
  static final int PART_ROWS = 1_000;

  private static final String TOPIC = "canonical.items";
  private static final long SECOND_MILLIS = 1_000;
  private static final Instant FIRST_CHANGE = Instant.parse("2026-01-01T00:00:00Z");
  private static final Table TABLE =
      new Table(
          new TableId("main", null, "items"),
          List.of(
              new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "BIGINT"),
              new Column("code", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("name", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("price", Decimal.builder(2).optional().build(), "DECIMAL(10,2)"),
              new Column("stock", Schema.OPTIONAL_INT64_SCHEMA, "BIGINT"),
              new Column("note", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("changed", Timestamp.builder().optional().build(), "TIMESTAMP")),
          0);

  private final RowWriter writer =
      new RowWriter(
          new TableSchemas(TOPIC, TABLE, false), new Provenance("1", "sqlite", "canonical"));

  private final LongFunction<Object[]> item;

  /** Units of the other benchmarks' items. */
  ClaimUnits() {
    this(ClaimUnits::item);
  }

  /**
   * Units of other items.
   *
   * @param item gives the values of an item by its number
   */
  ClaimUnits(LongFunction<Object[]> item) {
    this.item = item;
  }

  /** A part with items of its own, the first of them number {@code part * PART_ROWS}. */
  SourceRecord part(long lsn, int part, boolean last) {
    return record(batch(items(part), lsn, part, last));
  }

  /**
   * A unit, made beforehand. Only so many of its parts have items of their own, for the whole of a
   * large unit does not fit into memory; then the items start over.
   */
  List<SourceRecord> unit(long lsn, int parts, int distinct) {
    List<Struct> batches = new ArrayList<>();
    List<SourceRecord> records = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      boolean again = part >= distinct;
      Struct batch = batch(again ? List.of() : items(part), lsn, part, part == parts - 1);
      if (again) {
        batch.put("rows", batches.get(part % distinct).get("rows")).put("row_count", PART_ROWS);
      }
      batches.add(batch);
      records.add(record(batch));
    }
    return records;
  }

  /** The rows of a part as they stand in its batch. */
  static List<Struct> rows(SourceRecord part) {
    return ((Struct) part.value()).getArray("rows");
  }

  private Struct batch(List<Change> changes, long lsn, int part, boolean last) {
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", lsn), 0, null);
    return writer.batch(changes, header, part, last, part, 0);
  }

  private static SourceRecord record(Struct batch) {
    return new SourceRecord(
        Map.of(), Map.of(), TOPIC, 0, Schema.STRING_SCHEMA, "items", batch.schema(), batch);
  }

  private List<Change> items(int part) {
    List<Change> changes = new ArrayList<>(PART_ROWS);
    for (int i = 0; i < PART_ROWS; i++) {
      changes.add(Change.present(Op.UPDATE, item.apply((long) part * PART_ROWS + i)));
    }
    return changes;
  }

  /** The values of one of the other benchmarks' items. */
  static Object[] item(long id) {
    Object[] item = Scratch.item(id, 0);
    BigDecimal price = BigDecimal.valueOf(id * 31 % 1_000_000, 2);
    Date changed = Date.from(FIRST_CHANGE.plusMillis(id * 7_919 % 10_000_000 * SECOND_MILLIS));
    return new Object[] {item[0], item[1], item[2], price, item[4], item[5], changed};
  }
}
