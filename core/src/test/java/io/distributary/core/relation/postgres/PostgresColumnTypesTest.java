package io.distributary.core.relation.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.DebeziumTypes;
import java.util.List;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.Test;

class PostgresColumnTypesTest {

  @Test
  void whatAPostgreSqlDeclaredIsDeclaredAgain() {
    assertThat(of(PostgresSchemas.schema(base("numeric"), List.of(10, 2)), "numeric(10,2)"))
        .isEqualTo("numeric(10,2)");
    assertThat(of(PostgresSchemas.schema(base("bpchar"), List.of(5)), "character(5)"))
        .isEqualTo("character(5)");
    assertThat(
            of(
                PostgresSchemas.schema(
                    PostgresType.array(base("timestamp without time zone")), List.of(3)),
                "timestamp(3) without time zone[]"))
        .isEqualTo("timestamp(3) without time zone[]");
  }

  @Test
  void whatSqliteDeclaredIsNoPromise() {
    assertThat(of(Schema.OPTIONAL_STRING_SCHEMA, "VARCHAR(5)")).isEqualTo("text");
    assertThat(of(Schema.OPTIONAL_INT64_SCHEMA, "INTEGER")).isEqualTo("bigint");
    assertThat(of(Schema.OPTIONAL_INT64_SCHEMA, "integer")).isEqualTo("bigint");
    assertThat(of(Decimal.builder(2).optional().build(), "numeric(10,2)")).isEqualTo("numeric");
    assertThat(of(Schema.OPTIONAL_STRING_SCHEMA, "DATETIME")).isEqualTo("text");
    assertThat(of(Schema.OPTIONAL_FLOAT64_SCHEMA, "money")).isEqualTo("double precision");
  }

  @Test
  void aTypeThatTheTargetDoesNotKnowIsTextOrWhatItsValuesAre() {
    Schema mood =
        PostgresSchemas.schema(
            new PostgresType("app.mood", PostgresType.Kind.ENUM, null, List.of("a"), ','),
            List.of());
    assertThat(PostgresColumnTypes.columnType(mood, "app.mood", type -> true))
        .isEqualTo("app.mood");
    assertThat(PostgresColumnTypes.columnType(mood, "app.mood", type -> false)).isEqualTo("text");
    Schema hstore = PostgresSchemas.schema(base("hstore"), List.of());
    assertThat(PostgresColumnTypes.columnType(hstore, "hstore", type -> false)).isEqualTo("jsonb");
  }

  @Test
  void otherRecordsGetWhatTheirSchemasSay() {
    assertThat(of(null, null)).isEqualTo("text");
    assertThat(of(Timestamp.SCHEMA, null)).isEqualTo("timestamp with time zone");
    assertThat(of(DebeziumTypes.optional(Schema.Type.INT64, DebeziumTypes.NANO_TIMESTAMP), null))
        .isEqualTo("timestamp without time zone");
    assertThat(of(DebeziumTypes.OPTIONAL_VARIABLE_SCALE_DECIMAL, null)).isEqualTo("numeric");
    assertThat(of(SchemaBuilder.array(Schema.INT32_SCHEMA).build(), null)).isEqualTo("integer[]");
    assertThat(of(SchemaBuilder.struct().build(), null)).isEqualTo("jsonb");
  }

  private static String of(Schema schema, String declaredType) {
    return PostgresColumnTypes.columnType(schema, declaredType, type -> true);
  }

  private static PostgresType base(String name) {
    return PostgresType.base(name);
  }
}
