package io.distributary.core.record;

import static io.distributary.core.record.Tables.UPDATE;
import static io.distributary.core.record.Tables.column;
import static io.distributary.core.record.Tables.prices;
import static io.distributary.core.record.Tables.writer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a record says survives Connect's JSON converter, with schemas and without. */
@SuppressWarnings("JavaUtilDate") // Connect's own type
class JsonRoundTripTest {
  private final JsonConverter withSchemas = converter(true);
  private final JsonConverter plain = converter(false);

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(Schema.OPTIONAL_INT64_SCHEMA, Long.MIN_VALUE),
        Arguments.of(Schema.OPTIONAL_INT64_SCHEMA, Long.MAX_VALUE),
        Arguments.of(Schema.OPTIONAL_INT32_SCHEMA, Integer.MIN_VALUE),
        Arguments.of(Schema.OPTIONAL_INT16_SCHEMA, Short.MAX_VALUE),
        Arguments.of(Schema.OPTIONAL_INT8_SCHEMA, Byte.MIN_VALUE),
        Arguments.of(Schema.OPTIONAL_FLOAT64_SCHEMA, Double.MIN_VALUE),
        Arguments.of(Schema.OPTIONAL_FLOAT64_SCHEMA, -Double.MAX_VALUE),
        Arguments.of(Schema.OPTIONAL_FLOAT32_SCHEMA, 0.1f),
        Arguments.of(Schema.OPTIONAL_BOOLEAN_SCHEMA, true),
        Arguments.of(Schema.OPTIONAL_STRING_SCHEMA, ""),
        Arguments.of(Schema.OPTIONAL_STRING_SCHEMA, "a\0b \"quoted\" \ud83d\ude00\u2028"),
        Arguments.of(Schema.OPTIONAL_BYTES_SCHEMA, new byte[] {0, -1, 127}),
        Arguments.of(Schema.OPTIONAL_BYTES_SCHEMA, new byte[0]),
        Arguments.of(
            Decimal.builder(4).optional().build(), new BigDecimal("-12345678901234567890.1234")),
        Arguments.of(Date.builder().optional().build(), new java.util.Date(-86_400_000L)),
        Arguments.of(Time.builder().optional().build(), new java.util.Date(86_399_999L)),
        Arguments.of(Timestamp.builder().optional().build(), new java.util.Date(-1L)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void everyTypeSurvivesInAnEnvelopeAndInABatch(Schema schema, Object value) {
    RowWriter writer = writer(table(schema));
    Change change = Change.present(Op.UPDATE, new Object[] {1L, value});
    Struct envelope = writer.envelope(change, UPDATE, 0, true, 0, 0);
    Struct batch = writer.batch(List.of(change), UPDATE, 0, true, 0, 0);
    assertThat(envelope.get("irregular")).isNull();
    assertThat(read(writer.schemas().envelope(), envelope).getStruct("after").get("unit_price"))
        .isEqualTo(value);
    Struct row = (Struct) read(writer.schemas().batch(), batch).getArray("rows").get(0);
    assertThat(row.getStruct("after").get("unit_price")).isEqualTo(value);
  }

  @Test
  void theColumnsOwnNameAndTypeSurviveInTheSchema() {
    RowWriter writer = writer(table(Schema.OPTIONAL_STRING_SCHEMA));
    Change change = Change.present(Op.UPDATE, new Object[] {1L, "x"});
    Schema read =
        read(writer.schemas().envelope(), writer.envelope(change, UPDATE, 0, true, 0, 0)).schema();
    assertThat(read.field("after").schema().field("unit_price").schema().parameters())
        .containsEntry(TableSchemas.NAME_PARAMETER, "unit price")
        .containsEntry(TableSchemas.TYPE_PARAMETER, "ANY");
    assertThat(read).isEqualTo(writer.schemas().envelope());
  }

  @Test
  void withoutSchemasAnEnvelopeIsAMapThatSaysTheSame() {
    RowWriter writer = writer(table(Schema.OPTIONAL_BYTES_SCHEMA));
    Change change = Change.present(Op.UPDATE, new Object[] {Long.MAX_VALUE, new byte[] {0, -1}});
    Map<?, ?> envelope =
        readPlain(writer.schemas().envelope(), writer.envelope(change, UPDATE, 0, true, 0, 0));
    Map<?, ?> after = (Map<?, ?>) envelope.get("after");
    assertThat(after.get("id")).isEqualTo(Long.MAX_VALUE);
    assertThat(Base64.getDecoder().decode((String) after.get("unit_price"))).containsExactly(0, -1);
    assertThat(((Map<?, ?>) envelope.get("source")).get("lsn")).isEqualTo(7L);
    assertThat(((Map<?, ?>) envelope.get("source")).get("last")).isEqualTo(true);
  }

  @Test
  void valuesBesideARowSurviveWithSchemasAndWithout() {
    RowWriter writer = writer(table(Schema.OPTIONAL_FLOAT64_SCHEMA));
    Change change =
        Change.present(Op.UPDATE, new Object[] {new byte[] {0, -1}, Double.NEGATIVE_INFINITY});
    Struct written = writer.envelope(change, UPDATE, 0, true, 0, 0);

    List<Struct> beside = read(writer.schemas().envelope(), written).getArray("irregular");
    assertThat(beside.get(0).getBytes("bytes")).containsExactly(0, -1);
    assertThat(beside.get(1).get("column")).isEqualTo("unit price");
    assertThat(beside.get(1).get("text")).isEqualTo("-Infinity");

    List<?> maps = (List<?>) readPlain(writer.schemas().envelope(), written).get("irregular");
    assertThat(((Map<?, ?>) maps.get(1)).get("type")).isEqualTo("real");
    assertThat(((Map<?, ?>) maps.get(1)).get("text")).isEqualTo("-Infinity");
  }

  @Property(tries = 200)
  void anyRowOfNumbersAndTextSurvives(@ForAll long id, @ForAll double price, @ForAll String name) {
    Table table =
        prices(
            column("id", Schema.OPTIONAL_INT64_SCHEMA),
            column("price", Schema.OPTIONAL_FLOAT64_SCHEMA),
            column("name", Schema.OPTIONAL_STRING_SCHEMA));
    RowWriter writer = writer(table);
    // A lone surrogate is no text: no UTF-8 holds it, so no database hands one out.
    String text = new String(name.getBytes(UTF_8), UTF_8);
    Change change = Change.present(Op.UPDATE, new Object[] {id, price, text});
    Struct batch =
        read(writer.schemas().batch(), writer.batch(List.of(change), UPDATE, 0, true, 0, 0));
    Struct after = ((Struct) batch.getArray("rows").get(0)).getStruct("after");
    assertThat(after.get("id")).isEqualTo(id);
    Object beside = ((Struct) batch.getArray("rows").get(0)).getArray("irregular");
    assertThat(after.get("price")).isEqualTo(beside == null ? (Double) price : null);
    assertThat(after.get("name")).isEqualTo(text);
  }

  private static Table table(Schema schema) {
    return prices(
        column("id", Schema.OPTIONAL_INT64_SCHEMA), new Column("unit price", schema, "ANY"));
  }

  private Struct read(Schema schema, Struct value) {
    SchemaAndValue read =
        withSchemas.toConnectData("shop", withSchemas.fromConnectData("shop", schema, value));
    return (Struct) read.value();
  }

  private Map<?, ?> readPlain(Schema schema, Struct value) {
    return (Map<?, ?>)
        plain.toConnectData("shop", plain.fromConnectData("shop", schema, value)).value();
  }

  private static JsonConverter converter(boolean schemas) {
    JsonConverter converter = new JsonConverter();
    converter.configure(
        Map.of("schemas.enable", schemas, "replace.null.with.default", false), false);
    return converter;
  }
}
