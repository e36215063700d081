package io.distributary.core.relation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteTypesTest {

  @ParameterizedTest
  @CsvSource({
    "INTEGER, INT64",
    "BIGINT UNSIGNED, INT64",
    "tinyint, INT64",
    "BOOLEAN, BOOLEAN",
    "bool, BOOLEAN",
    "NVARCHAR(160), STRING",
    "TEXT, STRING",
    "CLOB, STRING",
    "DATETIME, STRING",
    "DATE, STRING",
    "TIMESTAMP, STRING",
    "REAL, FLOAT64",
    "DOUBLE PRECISION, FLOAT64",
    "FLOAT, FLOAT64",
    "BLOB, BYTES",
    "'', STRING",
    "ANY, STRING",
    "NUMERIC, FLOAT64",
    "DECIMAL(10), FLOAT64",
    "'NUMERIC(10,0)', FLOAT64",
    "JSON, FLOAT64"
  })
  void aDeclaredTypeGivesTheSchemaThatReadersExpect(String declared, Schema.Type type) {
    Schema schema = SqliteTypes.schema(declared);
    assertThat(schema.type()).isEqualTo(type);
    assertThat(schema.isOptional()).isTrue();
    assertThat(schema.name()).isNull();
  }

  @Test
  void aScaledNumberIsADecimalOfThatScale() {
    assertThat(SqliteTypes.schema("NUMERIC(10,2)"))
        .isEqualTo(Decimal.builder(2).optional().build());
    assertThat(SqliteTypes.schema("decimal( 5 , 3 )"))
        .isEqualTo(Decimal.builder(3).optional().build());
  }

  @Test
  void theOriginalTypeIsDeclaredAgainWhereItMeansTheSame() {
    assertThat(SqliteTypes.columnType(Schema.OPTIONAL_STRING_SCHEMA, "NVARCHAR(160)"))
        .isEqualTo("NVARCHAR(160)");
    assertThat(SqliteTypes.columnType(Schema.OPTIONAL_STRING_SCHEMA, "")).isEmpty();
    assertThat(SqliteTypes.columnType(Decimal.schema(2), "NUMERIC(10,2)"))
        .isEqualTo("NUMERIC(10,2)");
  }

  @Test
  void aTypeOfAnotherDatabaseIsTranslatedByItsSchema() {
    assertThat(SqliteTypes.columnType(Schema.STRING_SCHEMA, "uuid")).isEqualTo("TEXT");
    assertThat(SqliteTypes.columnType(Schema.INT64_SCHEMA, "int8")).isEqualTo("int8");
    assertThat(SqliteTypes.columnType(Timestamp.SCHEMA, "timestamptz")).isEqualTo("TIMESTAMP");
    assertThat(SqliteTypes.columnType(Decimal.schema(4), null)).isEqualTo("DECIMAL(38,4)");
    assertThat(SqliteTypes.columnType(Schema.BOOLEAN_SCHEMA, null)).isEqualTo("BOOLEAN");
    assertThat(SqliteTypes.columnType(null, null)).isEmpty();
  }

  @Test
  void aTypeThatIsNotPlainWordsNeverReachesDdl() {
    assertThat(SqliteTypes.columnType(Schema.STRING_SCHEMA, "TEXT); DROP TABLE t; --"))
        .isEqualTo("TEXT");
  }
}
