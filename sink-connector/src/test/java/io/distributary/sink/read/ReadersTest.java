package io.distributary.sink.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.Claim;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.TableId;
import io.distributary.sink.SourceTopic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** The records of others, and what is no record at all. */
class ReadersTest {
  private static final Schema ROW =
      SchemaBuilder.struct()
          .name("db.public.products.Value")
          .optional()
          .field("id", Schema.INT32_SCHEMA)
          .field("name", SchemaBuilder.string().optional().defaultValue("none").build())
          .field("photo", Schema.OPTIONAL_BYTES_SCHEMA)
          .build();
  private static final Schema SOURCE =
      SchemaBuilder.struct()
          .field("ts_ms", Schema.INT64_SCHEMA)
          .field("snapshot", Schema.OPTIONAL_STRING_SCHEMA)
          .field("db", Schema.STRING_SCHEMA)
          .field("schema", Schema.STRING_SCHEMA)
          .field("table", Schema.STRING_SCHEMA)
          .field("txId", Schema.OPTIONAL_INT64_SCHEMA)
          .field("lsn", Schema.OPTIONAL_INT64_SCHEMA)
          .build();
  private static final Schema ENVELOPE =
      SchemaBuilder.struct()
          .field("before", ROW)
          .field("after", ROW)
          .field("source", SOURCE)
          .field("op", Schema.STRING_SCHEMA)
          .build();
  private static final Schema KEY = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();

  private final RecordReader reader = new RecordReader();

  @Test
  void anEnvelopeOfDebeziumIsAUnitOfItsOwnWithoutAPosition() {
    Struct after = new Struct(ROW).put("id", 7).put("name", null);
    Incoming incoming = reader.read(debezium("r", null, after));

    Part part = incoming.part();
    assertThat(incoming.form()).isEqualTo(Form.FOREIGN);
    assertThat(incoming.position()).isNull();
    assertThat(part.header().kind()).isEqualTo(UnitKind.UPDATE);
    assertThat(part.header().timestamp()).isEqualTo(99);
    assertThat(part.last()).isTrue();
    assertThat(part.table().id()).isEqualTo(new TableId("db", "public", "products"));
    assertThat(part.table().keyColumns()).extracting(Column::name).containsExactly("id");
    assertThat(part.changes().get(0).op()).isEqualTo(Op.READ);
  }

  @Test
  void aNullIsNotTakenForItsColumnsDefault() {
    Struct after = new Struct(ROW).put("id", 7).put("name", null);

    Part part = reader.read(debezium("c", null, after)).part();

    assertThat(part.changes().get(0).after()).containsExactly(7, null, null);
  }

  @Test
  void aValueThatDebeziumDidNotGetIsUntouched() {
    byte[] placeholder = "__debezium_unavailable_value".getBytes(StandardCharsets.UTF_8);
    Struct after =
        new Struct(ROW)
            .put("id", 7)
            .put("name", "__debezium_unavailable_value")
            .put("photo", ByteBuffer.wrap(placeholder));

    Part part = reader.read(debezium("u", null, after)).part();

    assertThat(part.changes().get(0).after())
        .containsExactly(7, Change.UNTOUCHED, Change.UNTOUCHED);
  }

  @Test
  void bytesAreArraysWhateverTheConverterMadeOfThem() {
    Struct after = new Struct(ROW).put("id", 7).put("photo", ByteBuffer.wrap(new byte[] {1, 2}));

    Part part = reader.read(debezium("u", null, after)).part();

    assertThat(part.changes().get(0).after()[2]).isEqualTo(new byte[] {1, 2});
  }

  @Test
  void aDeleteOfDebeziumHasItsRow() {
    Struct before = new Struct(ROW).put("id", 7);

    Part part = reader.read(debezium("d", before, null)).part();

    assertThat(part.changes().get(0).op()).isEqualTo(Op.DELETE);
    assertThat(part.changes().get(0).before()[0]).isEqualTo(7);
  }

  @Test
  void aTruncationOfDebeziumIsASnapshotWithoutRows() {
    Incoming incoming = reader.read(debezium("t", null, null));

    assertThat(incoming.ofSnapshot()).isTrue();
    assertThat(incoming.part().last()).isTrue();
    assertThat(incoming.part().changes()).isEmpty();
  }

  @Test
  void aFlatRowHasItsKeyInTheRecordsKey() {
    Schema value = SchemaBuilder.struct().field("name", Schema.STRING_SCHEMA).build();
    Part part =
        reader
            .read(
                record(
                    KEY, new Struct(KEY).put("id", 3), value, new Struct(value).put("name", "x")))
            .part();

    assertThat(part.table().id()).isEqualTo(new TableId(null, null, "products"));
    assertThat(part.table().columns()).extracting(Column::name).containsExactly("id", "name");
    assertThat(part.table().keyColumns()).extracting(Column::name).containsExactly("id");
    assertThat(part.changes().get(0).after()).containsExactly(3, "x");
  }

  @Test
  void aFlatRowWithoutSchemasIsReadAlike() {
    Part part = reader.read(record(null, Map.of("id", 3L), null, Map.of("name", "x"))).part();

    assertThat(part.table().keyColumns()).extracting(Column::name).containsExactly("id");
    assertThat(part.changes().get(0).after()).containsExactly(3L, "x");
  }

  @Test
  void theTableInAKeyCounts() {
    Part part = reader.read(record(null, Map.of("__table", "stores", "id", 3L), null, null)).part();

    assertThat(part.table().id().name()).isEqualTo("stores");
    assertThat(part.table().columns()).extracting(Column::name).containsExactly("id");
  }

  @Test
  void commandsWriteAndDeleteRows() {
    Part add = command("add", Map.of("id", 1L, "name", "a"), null);
    Part set = command("set", Map.of("name", "b"), Map.of("id", 1L));
    Part update = command("update", Map.of("name", "c"), Map.of("id", 1L));
    Part delete = command("delete", null, Map.of("id", 1L));

    assertThat(add.changes().get(0).op()).isEqualTo(Op.CREATE);
    assertThat(add.changes().get(0).after()).containsExactly(1L, "a");
    assertThat(add.table().keySize()).isZero();
    assertThat(set.changes().get(0).after()).containsExactly(1L, "b");
    assertThat(set.table().keyColumns()).extracting(Column::name).containsExactly("id");
    assertThat(update.changes().get(0).op()).isEqualTo(Op.UPDATE);
    assertThat(update.changes().get(0).after()).containsExactly(1L, "c");
    assertThat(delete.changes().get(0).before()).containsExactly(1L);
  }

  @Test
  void aCommandWithSchemasIsReadAlike() {
    Schema data = SchemaBuilder.struct().optional().field("name", Schema.STRING_SCHEMA).build();
    Schema restriction = SchemaBuilder.struct().optional().field("id", Schema.INT64_SCHEMA).build();
    Schema packet =
        SchemaBuilder.struct()
            .field("action", Schema.STRING_SCHEMA)
            .field("data", data)
            .field("restriction", restriction)
            .build();
    Struct value =
        new Struct(packet)
            .put("action", "update")
            .put("data", new Struct(data).put("name", "n"))
            .put("restriction", new Struct(restriction).put("id", 5L));

    Part part = reader.read(record(null, null, packet, value)).part();

    assertThat(part.changes().get(0).after()).containsExactly(5L, "n");
    assertThat(part.table().keyColumns()).extracting(Column::name).containsExactly("id");
  }

  @Test
  void aCommandThatChangesItsOwnRestrictionIsRefused() {
    assertThatThrownBy(() -> command("update", Map.of("id", 2L), Map.of("id", 1L)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column 'id'")
        .hasMessageContaining("a delete and an add");
  }

  @Test
  void aClaimStandsForTheRows() {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.part(SourceTopic.snapshot("e", 3), 4, true, SourceTopic.read(1, 2));
    SinkRecord record = topic.records().get(0);
    Claim claim = new Claim("cassandra", "c-1", 3, 2500, 70_000, -7);
    ((Struct) record.value()).put("rows", null).put("claim", claim.toStruct());

    Incoming incoming = reader.read(record);

    assertThat(incoming.part().claim()).isEqualTo(claim);
    assertThat(incoming.part().changes()).isEmpty();
    assertThat(incoming.startsUnit()).isTrue();
    assertThat(Claim.of(asMap(claim))).isEqualTo(claim);
  }

  @Test
  void aKeyWithANullNamesNoRow() {
    Map<String, Object> key = new HashMap<>();
    key.put("id", null);

    assertThat(reader.read(record(null, key, null, null)).part()).isNull();
  }

  @Test
  void whatCannotBeReadIsNamedWithItsPlaceAndWithoutItsContent() {
    for (SinkRecord odd :
        Arrays.asList(
            record(null, "secret", null, null),
            record(null, null, null, "secret"),
            record(null, null, null, List.of("secret")),
            record(null, null, null, Map.of("action", "delete", "data", Map.of("a", "secret"))),
            debezium("x", null, new Struct(ROW).put("id", 7)),
            debezium("u", null, null))) {
      assertThatThrownBy(() -> reader.read(odd))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("offset 12 of db.public.products-3 cannot be read")
          .hasMessageNotContaining("secret");
    }
  }

  private Part command(String action, Object data, Object restriction) {
    Map<String, Object> packet = new HashMap<>();
    packet.put("action", action);
    packet.put("data", data);
    packet.put("restriction", restriction);
    return reader.read(record(null, null, null, packet)).part();
  }

  private static Map<String, Object> asMap(Claim claim) {
    Map<String, Object> map = new HashMap<>();
    Struct struct = claim.toStruct();
    struct.schema().fields().forEach(field -> map.put(field.name(), struct.get(field)));
    return map;
  }

  private static SinkRecord debezium(String op, Struct before, Struct after) {
    Struct source =
        new Struct(SOURCE)
            .put("ts_ms", 99L)
            .put("db", "db")
            .put("schema", "public")
            .put("table", "products")
            .put("lsn", 5L);
    Struct value =
        new Struct(ENVELOPE)
            .put("before", before)
            .put("after", after)
            .put("source", source)
            .put("op", op);
    return record(KEY, new Struct(KEY).put("id", 7), ENVELOPE, value);
  }

  private static SinkRecord record(Schema keySchema, Object key, Schema schema, Object value) {
    return new SinkRecord(
        "db.public.products", 3, keySchema, key, schema, value, 12, 1L, TimestampType.CREATE_TIME);
  }
}
