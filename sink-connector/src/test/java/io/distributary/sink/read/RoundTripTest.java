package io.distributary.sink.read;

import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Part;
import io.distributary.core.record.RawText;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.SourceTopic;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What core's writers write, through the converters, is what the sink reads. */
class RoundTripTest {
  enum Way {
    STRUCTS,
    JSON_WITH_SCHEMAS,
    JSON_WITHOUT_SCHEMAS
  }

  private static final Table ODD =
      new Table(
          new TableId("main", null, "odd table"),
          List.of(
              new Column("k 1", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("select", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("größe", Schema.OPTIONAL_FLOAT64_SCHEMA, "REAL"),
              new Column("n", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER")),
          1,
          0);

  private final RecordReader reader = new RecordReader();

  @ParameterizedTest
  @EnumSource(Way.class)
  void aBatchComesBackAsItWas(Way way) {
    Change created =
        Change.present(Op.CREATE, new Object[] {Long.MAX_VALUE, "a\u0000b", 1.5, null});
    Change deleted = Change.deleted(new Object[] {2L, "", null, null});
    SourceTopic topic = new SourceTopic("shop.odd_table", ODD, 0);
    topic.part(update("e", 7), 3, true, created, deleted);

    Incoming incoming = reader.read(through(way, topic.records().get(0)));

    Part part = incoming.part();
    assertThat(incoming.form()).isEqualTo(Form.BATCH);
    assertThat(part.table().id()).isEqualTo(ODD.id());
    assertThat(part.header()).isEqualTo(update("e", 7));
    assertThat(part.seq()).isEqualTo(3);
    assertThat(part.last()).isTrue();
    assertThat(part.claim()).isNull();
    assertThat(row(part, 0, way)).containsExactly(Long.MAX_VALUE, "a\u0000b", 1.5, null);
    assertThat(part.changes().get(1).op()).isEqualTo(Op.DELETE);
    assertThat(part.changes().get(1).after()).isNull();
    assertThat(row(part, 1, way)).containsExactly(2L, "", null, null);
    assertThat(part.table().keyColumns().stream().map(Column::name).toList())
        .isEqualTo(
            way == Way.JSON_WITHOUT_SCHEMAS ? List.of("select", "k_1") : List.of("select", "k 1"));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aRowComesBackAsItWas(Way way) {
    SourceTopic topic = new SourceTopic("shop.odd_table", ODD, 0);
    Change read = Change.present(Op.READ, new Object[] {1L, "x", 2.25, 4L});
    topic.row(SourceTopic.snapshot("e", 7), 12, false, read);

    Incoming incoming = reader.read(through(way, topic.records().get(0)));

    Part part = incoming.part();
    assertThat(incoming.form()).isEqualTo(Form.ROW);
    assertThat(part.header()).isEqualTo(SourceTopic.snapshot("e", 7));
    assertThat(part.seq()).isEqualTo(12);
    assertThat(part.last()).isFalse();
    assertThat(part.changes().get(0).op()).isEqualTo(Op.READ);
    assertThat(row(part, 0, way)).containsExactly(1L, "x", 2.25, 4L);
    assertThat(part.table().keyColumns()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void valuesThatDoNotFitTheirColumnComeBackAsTheyWere(Way way) {
    SourceTopic topic = new SourceTopic("shop.odd_table", ODD, 0);
    byte[] bytes = {0, (byte) 0xff};
    Object[][] rows = {
      {"text", 1L, Double.POSITIVE_INFINITY, 0.5},
      {new RawText(bytes), bytes, Double.NEGATIVE_INFINITY, Change.UNTOUCHED},
      {1.25, Double.MIN_VALUE, Long.MAX_VALUE, "9"},
      {null, Long.MIN_VALUE, "x", bytes},
    };
    for (Object[] row : rows) {
      topic.batch(update("e", 1), Change.present(Op.UPDATE, row), Change.deleted(row));
      topic.row(update("e", 1), 0, true, Change.present(Op.UPDATE, row));
    }

    List<SinkRecord> records = topic.records();
    for (int i = 0; i < rows.length; i++) {
      Part batch = reader.read(through(way, records.get(2 * i))).part();
      Part single = reader.read(through(way, records.get(2 * i + 1))).part();
      assertThat(row(batch, 0, way)).containsExactly(rows[i]);
      assertThat(row(batch, 1, way)).containsExactly(rows[i]);
      assertThat(row(single, 0, way)).containsExactly(rows[i]);
    }
  }

  @Test
  void columnsKeepTheirNamesAndTypes() {
    SourceTopic topic = new SourceTopic("shop.odd_table", ODD, 0);
    topic.batch(update("e", 1), Change.present(Op.CREATE, new Object[] {1L, "a", 2.0, 3L}));

    Part part = reader.read(through(Way.JSON_WITH_SCHEMAS, topic.records().get(0))).part();

    assertThat(part.table().columns().stream().map(Column::name))
        .containsExactly("k 1", "select", "größe", "n");
    assertThat(part.table().columns().stream().map(Column::declaredType))
        .containsExactly("INTEGER", "TEXT", "REAL", "INTEGER");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void recordsOfOneShapeShareTheirTable(Way way) {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(update("e", 1), SourceTopic.set(1, 2)).batch(update("e", 2), SourceTopic.set(1, 3));
    topic.rows(update("e", 3), SourceTopic.set(1, 2), SourceTopic.set(2, 2));

    List<Table> tables =
        topic.records().stream()
            .map(record -> reader.read(through(way, record)).part().table())
            .toList();

    assertThat(tables.get(1)).isSameAs(tables.get(0));
    assertThat(tables.get(3)).isSameAs(tables.get(2));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aTombstoneDeletesTheRowOfItsKey(Way way) {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.rows(update("e", 1), SourceTopic.delete(4));

    reader.read(through(way, topic.records().get(0)));
    Incoming tombstone = reader.read(through(way, topic.records().get(1)));

    assertThat(tombstone.form()).isEqualTo(Form.TOMBSTONE);
    assertThat(tombstone.position()).isNull();
    assertThat(tombstone.part().table().id()).isEqualTo(SourceTopic.PRICES.id());
    assertThat(tombstone.part().changes().get(0).op()).isEqualTo(Op.DELETE);
    assertThat(tombstone.part().changes().get(0).before()).containsExactly(4L);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void aSnapshotWithoutRowsHasItsTable(Way way) {
    SourceTopic topic = new SourceTopic("shop.prices");
    topic.batch(SourceTopic.snapshot("e", 1));

    Incoming incoming = reader.read(through(way, topic.records().get(0)));

    assertThat(incoming.part().header().kind()).isEqualTo(UnitKind.SNAPSHOT);
    assertThat(incoming.part().changes()).isEmpty();
    assertThat(incoming.part().table().id()).isEqualTo(SourceTopic.PRICES.id());
  }

  @Test
  void aDecimalStaysExact() {
    Table table =
        new Table(
            new TableId("main", null, "t"),
            List.of(new Column("d", Decimal.builder(2).optional().build(), "DECIMAL(10,2)")));
    SourceTopic topic = new SourceTopic("shop.t", table, 0);
    topic.batch(update("e", 1), Change.present(Op.CREATE, new Object[] {new BigDecimal("12.30")}));

    Part part = reader.read(through(Way.JSON_WITH_SCHEMAS, topic.records().get(0))).part();

    assertThat(part.changes().get(0).after()).containsExactly(new BigDecimal("12.30"));
  }

  /** The row in the source's order of columns; without schemas there is but the alphabet's. */
  private static Object[] row(Part part, int change, Way way) {
    Object[] image = part.changes().get(change).image();
    if (way != Way.JSON_WITHOUT_SCHEMAS) {
      return image;
    }
    return List.of("k_1", "select", "gr__e", "n").stream()
        .map(name -> image[part.table().indexOf(name)])
        .toArray();
  }

  private static SinkRecord through(Way way, SinkRecord record) {
    if (way == Way.STRUCTS) {
      return record;
    }
    SchemaAndValue key = through(way, true, record.keySchema(), record.key());
    SchemaAndValue value = through(way, false, record.valueSchema(), record.value());
    return new SinkRecord(
        record.topic(),
        0,
        key.schema(),
        key.value(),
        value.schema(),
        value.value(),
        record.kafkaOffset(),
        record.timestamp(),
        record.timestampType());
  }

  private static SchemaAndValue through(Way way, boolean key, Schema schema, Object value) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(
          Map.of("schemas.enable", String.valueOf(way == Way.JSON_WITH_SCHEMAS)), key);
      return converter.toConnectData("t", converter.fromConnectData("t", schema, value));
    }
  }
}
