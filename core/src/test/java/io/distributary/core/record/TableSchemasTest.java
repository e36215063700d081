package io.distributary.core.record;

import static io.distributary.core.record.Tables.column;
import static io.distributary.core.record.Tables.prices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class TableSchemasTest {
  private static final String AVRO_NAME = "[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*";

  private static final Column ID = column("id", Schema.OPTIONAL_INT64_SCHEMA);

  @Test
  void everyStructHasALegalAvroNameOfItsOwn() {
    // Connect's Avro converters corrupt two nested structs that share a name but not a shape.
    TableSchemas schemas =
        new TableSchemas("7-shop.main.price list", prices(ID, column("ü", text())), true);
    for (Schema root : List.of(schemas.key(), schemas.envelope(), schemas.batch())) {
      assertDistinct(root, new HashMap<>());
    }
  }

  @Test
  void schemasAreNamedAfterTheirTopic() {
    TableSchemas schemas = new TableSchemas("shop.prices", prices(ID), false);
    assertThat(schemas.key().name()).isEqualTo("shop.prices.Key");
    assertThat(schemas.row().name()).isEqualTo("shop.prices.Value");
    assertThat(schemas.envelope().name()).isEqualTo("shop.prices.Envelope");
    assertThat(schemas.change().name()).isEqualTo("shop.prices.Row");
    assertThat(schemas.batch().name()).isEqualTo("shop.prices.Batch");
  }

  @Test
  void aNameThatIsNotLegalIsSanitisedAndKept() {
    Field field =
        new TableSchemas("shop.prices", prices(new Column("unit price", text(), "TEXT")), false)
            .row()
            .fields()
            .get(0);
    assertThat(field.name()).isEqualTo("unit_price");
    assertThat(field.schema().parameters())
        .containsEntry(TableSchemas.NAME_PARAMETER, "unit price")
        .containsEntry(TableSchemas.TYPE_PARAMETER, "TEXT");
    assertThat(field.schema().isOptional()).isTrue();
  }

  @Test
  void columnsWhoseLegalNamesAgreeAreToldApart() {
    Table table = prices(column("价格", text()), column("名称", text()), column("__", text()));
    List<Field> fields = new TableSchemas("shop.prices", table, false).row().fields();
    assertThat(fields)
        .extracting(Field::name)
        .containsExactly(TableSchemas.distinctField("价格"), TableSchemas.distinctField("名称"), "__");
    assertThat(fields.get(1).schema().parameters())
        .containsEntry(TableSchemas.NAME_PARAMETER, "名称");
  }

  @Test
  void aFieldKeepsItsNameWhenAColumnIsAddedAfterIt() {
    List<Field> before =
        new TableSchemas("shop.prices", prices(ID, column("ü", text())), false).row().fields();
    List<Field> after =
        new TableSchemas("shop.prices", prices(ID, column("ü", text()), column("ö", text())), false)
            .row()
            .fields();
    assertThat(after.subList(0, 2)).extracting(Field::name).containsExactly("id", "_");
    assertThat(after.subList(0, 2)).isEqualTo(before);
  }

  @Test
  void theKeyHasTheKeysColumnsInTheKeysOrder() {
    Table table =
        new Table(
            new TableId("shop.db", null, "prices"),
            List.of(ID, column("shop", text()), column("since", text())),
            2,
            0);
    assertThat(new TableSchemas("shop.prices", table, false).key().fields())
        .extracting(Field::name)
        .containsExactly("since", "id");
  }

  @Test
  void theKeyNamesTheTableWhereATopicHoldsSeveral() {
    assertThat(new TableSchemas("shop.prices", prices(ID), true).key().fields())
        .extracting(Field::name)
        .containsExactly(TableSchemas.TABLE_FIELD, "id");
  }

  @Test
  void aKeyColumnCannotTakeTheTablesField() {
    Table table = prices(column(TableSchemas.TABLE_FIELD, text()));
    assertThatThrownBy(() -> new TableSchemas("shop.prices", table, true))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("prices")
        .hasMessageContaining("topic.layout=table");
    assertThat(new TableSchemas("shop.prices", table, false).key().fields()).hasSize(1);
  }

  @Test
  void aColumnOfStructsKeepsItsSchemaAndIsDescribedByTheRow() {
    Schema point = point(Schema.FLOAT64_SCHEMA);
    Table table = prices(ID, new Column("first point", point, "point"));
    TableSchemas schemas = new TableSchemas("shop.prices", table, false);
    Field field = schemas.row().field("first_point");
    assertThat(field.schema()).isSameAs(point);
    assertThat(TableSchemas.parameters(schemas.row(), field))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                TableSchemas.NAME_PARAMETER, "first point", TableSchemas.TYPE_PARAMETER, "point"));
    Struct value = new Struct(point).put("x", 1.5);
    Struct row =
        Tables.writer(table)
            .envelope(
                Change.present(Op.UPDATE, new Object[] {1L, value}), Tables.UPDATE, 0, true, 0, 0)
            .getStruct("after");
    assertThat(row.getStruct("first_point")).isEqualTo(value);
  }

  @Test
  void structsOfOneNameAndDifferentFieldsAreRefused() {
    // Avro's converters would write the second by the fields of the first, without an error.
    Table table =
        prices(
            ID,
            new Column("a", point(Schema.FLOAT64_SCHEMA), null),
            new Column("b", SchemaBuilder.array(point(Schema.STRING_SCHEMA)).build(), null));
    assertThatThrownBy(() -> new TableSchemas("shop.prices", table, false))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'a'")
        .hasMessageContaining("'b'")
        .hasMessageContaining("prices")
        .hasMessageContaining("shop.Point");
  }

  private static Schema point(Schema coordinate) {
    return SchemaBuilder.struct().name("shop.Point").optional().field("x", coordinate).build();
  }

  private static Schema text() {
    return Schema.OPTIONAL_STRING_SCHEMA;
  }

  private static void assertDistinct(Schema schema, Map<String, Schema> seen) {
    switch (schema.type()) {
      case ARRAY -> assertDistinct(schema.valueSchema(), seen);
      case STRUCT -> {
        assertThat(schema.name()).matches(AVRO_NAME);
        Schema same = seen.putIfAbsent(schema.name(), schema);
        assertThat(same)
            .satisfiesAnyOf(s -> assertThat(s).isNull(), s -> assertThat(s).isEqualTo(schema));
        for (Field field : schema.fields()) {
          assertThat(field.name()).matches(AVRO_NAME);
          assertDistinct(field.schema(), seen);
        }
      }
      default -> {}
    }
  }
}
