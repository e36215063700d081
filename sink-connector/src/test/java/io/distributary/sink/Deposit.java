package io.distributary.sink;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimWriter;
import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.Origin;
import io.distributary.core.claim.chunk.RowFormat;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Moves a unit's rows to a store, as the source's transform does. */
final class Deposit {
  private static final int CHUNK_ROWS = 1000;

  private Deposit() {}

  /** The record that stands for the unit of these parts; it has the last one's offset. */
  static SinkRecord of(ClaimStore store, List<SinkRecord> parts) {
    ClaimWriter writer = new ClaimWriter(store, new ChunkLimit(CHUNK_ROWS, 1 << 20));
    Map<Schema, RowFormat> formats = new HashMap<>();
    for (SinkRecord part : parts) {
      Struct value = (Struct) part.value();
      Schema rows = value.schema().field("rows").schema().valueSchema();
      writer.next(formats.computeIfAbsent(rows, RowFormat::of), origin(part.topic(), value));
      value.<Struct>getArray("rows").forEach(writer::add);
    }
    return claimed(parts.get(parts.size() - 1), writer.finish());
  }

  private static Origin origin(String topic, Struct value) {
    Struct source = value.getStruct("source");
    return new Origin(
        topic,
        UnitKind.of(value.getString("kind")),
        new Position(source.getString("epoch"), source.getInt64("lsn")),
        new TableId(source.getString("db"), source.getString("schema"), source.getString("table")),
        value.getArray("key"));
  }

  /** The unit's last record with the claim in place of its rows. */
  static SinkRecord claimed(SinkRecord last, Claim claim) {
    Struct value = copy((Struct) last.value());
    value.put("source", copy(value.getStruct("source")).put("seq", 0L));
    value.put("part", 0).put("rows", null).put("claim", claim.toStruct());
    value.put("row_count", (int) claim.rows());
    return new SinkRecord(
        last.topic(),
        last.kafkaPartition(),
        last.keySchema(),
        last.key(),
        value.schema(),
        value,
        last.kafkaOffset(),
        last.timestamp(),
        last.timestampType());
  }

  private static Struct copy(Struct from) {
    Struct to = new Struct(from.schema());
    for (Field field : from.schema().fields()) {
      to.put(field, from.getWithoutDefault(field.name()));
    }
    return to;
  }
}
