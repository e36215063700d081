package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.it.mariadb.MariaDbServer;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Values arrive as they were, or not at all; the table of docs/mariadb.md. */
@SuppressWarnings("JavaUtilDate") // the class of Connect's own logical types
class MariaDbValuesTest {
  private static final Schema TEXT = Schema.OPTIONAL_STRING_SCHEMA;
  private static final Schema INT64 = Schema.OPTIONAL_INT64_SCHEMA;
  private static final Schema FLOAT64 = Schema.OPTIONAL_FLOAT64_SCHEMA;
  private static final Schema BYTES = Schema.OPTIONAL_BYTES_SCHEMA;

  private TargetFixture fixture;
  private Database reader;
  private Target target;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(MariaDbServer.shared().createDatabase());
    reader = fixture.database("SET time_zone = '+00:00'");
    target = fixture.open();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  private static Table holding(Schema schema) {
    return new Table(
        new TableId("shop", null, "t"),
        List.of(new Column("id", INT64, "INTEGER"), new Column("v", schema, null)),
        0);
  }

  private static Schema named(Schema.Type type, String name) {
    return new SchemaBuilder(type).name(name).optional().build();
  }

  static Stream<Arguments> created() {
    byte[] bytes = {0, (byte) 0xff, 0x5c, 0x27, 0};
    return Stream.of(
        arguments(Schema.OPTIONAL_INT8_SCHEMA, "tinyint(4)", (byte) -128, "v = -128"),
        arguments(Schema.OPTIONAL_INT16_SCHEMA, "smallint(6)", (short) -32768, "v = -32768"),
        arguments(Schema.OPTIONAL_INT32_SCHEMA, "int(11)", Integer.MIN_VALUE, "v = -2147483648"),
        arguments(INT64, "bigint(20)", Long.MIN_VALUE, "v = -9223372036854775808"),
        arguments(INT64, "bigint(20)", Long.MAX_VALUE, "v = 9223372036854775807"),
        arguments(Schema.OPTIONAL_BOOLEAN_SCHEMA, "tinyint(1)", true, "v = 1"),
        arguments(Schema.OPTIONAL_FLOAT32_SCHEMA, "float", 0.1f, "v = CAST(0.1 AS FLOAT)"),
        arguments(FLOAT64, "double", Double.MAX_VALUE, "v = 1.7976931348623157e308"),
        arguments(FLOAT64, "double", Double.MIN_NORMAL, "v = 2.2250738585072014e-308"),
        arguments(FLOAT64, "double", -0.0, "v = 0 AND CAST(v AS CHAR) = '-0'"),
        arguments(
            TEXT, "longtext", "it's \\ \"\u0000\n😀 ", "hex(v) = '69742773205C2022000AF09F988020'"),
        arguments(BYTES, "longblob", bytes, "hex(v) = '00FF5C2700'"),
        arguments(
            Decimal.builder(2).optional().build(),
            "decimal(65,2)",
            new BigDecimal("-12345678901234567890.12"),
            "v = -12345678901234567890.12"),
        arguments(
            Decimal.builder(3).parameter("connect.decimal.precision", "10").optional().build(),
            "decimal(10,3)",
            new BigDecimal("1.500"),
            "v = 1.5"),
        arguments(
            org.apache.kafka.connect.data.Date.builder().optional().build(),
            "date",
            Date.from(Instant.parse("1582-10-04T00:00:00Z")),
            "v = '1582-10-04'"),
        arguments(
            Time.builder().optional().build(),
            "time(3)",
            new Date(86_399_999),
            "v = '23:59:59.999'"),
        arguments(
            Timestamp.builder().optional().build(),
            "datetime(3)",
            Date.from(Instant.parse("2024-03-31T02:30:00.123Z")),
            "v = '2024-03-31 02:30:00.123'"),
        arguments(
            Timestamp.builder().optional().build(),
            "datetime(3)",
            Date.from(Instant.parse("9999-12-31T23:59:59.999Z")),
            "v = '9999-12-31 23:59:59.999'"),
        arguments(
            named(Schema.Type.INT64, "io.debezium.time.MicroTimestamp"),
            "datetime(6)",
            -1L,
            "v = '1969-12-31 23:59:59.999999'"),
        arguments(
            named(Schema.Type.INT64, "io.debezium.time.MicroTime"),
            "time(6)",
            86_400_000_000L,
            "v = '24:00:00'"),
        arguments(
            named(Schema.Type.STRING, "io.debezium.time.ZonedTimestamp"),
            "datetime(6)",
            "2024-06-01T12:00:00.000001+02:00",
            "v = '2024-06-01 10:00:00.000001'"),
        arguments(
            named(Schema.Type.STRING, "io.debezium.data.Uuid"),
            "char(36)",
            "3b241101-e2bb-4255-8caf-4136c566a962",
            "v = '3b241101-e2bb-4255-8caf-4136c566a962'"),
        arguments(
            SchemaBuilder.array(INT64).optional().build(),
            "longtext",
            List.of(1L, 2L),
            "v = '[1,2]'"));
  }

  @ParameterizedTest
  @MethodSource("created")
  void aCreatedColumnHoldsTheValue(Schema schema, String declared, Object value, String condition)
      throws SQLException {
    target.apply(update(holding(schema), up(1L, value), up(2L, null)));
    target.commit(Map.of());
    assertThat(reader.rows("SELECT id FROM t WHERE " + condition)).containsExactly("1");
    assertThat(reader.rows("SELECT id FROM t WHERE v IS NULL")).containsExactly("2");
    assertThat(
            reader.value(
                "SELECT column_type FROM information_schema.columns"
                    + " WHERE table_schema = database() AND table_name = 't' AND column_name = 'v'"))
        .isEqualTo(declared);
  }

  static Stream<Arguments> fitting() {
    return Stream.of(
        arguments(
            "BIGINT UNSIGNED",
            Decimal.builder(0).optional().build(),
            new BigDecimal("18446744073709551615"),
            "v = 18446744073709551615"),
        arguments("INT", FLOAT64, 7.0, "v = 7"),
        arguments("INT", TEXT, "7", "v = 7"),
        arguments("DECIMAL(5,2)", FLOAT64, 1.25, "v = 1.25"),
        arguments("BIT(3)", INT64, 5L, "v = b'101'"),
        arguments(
            "TIMESTAMP(3)",
            Timestamp.builder().optional().build(),
            Date.from(Instant.parse("2024-01-01T00:00:00.5Z")),
            "v = '2024-01-01 00:00:00.5'"),
        arguments("DATETIME", TEXT, "2024-01-01 10:00:00", "v = '2024-01-01 10:00:00'"),
        arguments("ENUM('1','a')", TEXT, "1", "v = '1'"),
        arguments("JSON", TEXT, "{\"a\": 1}", "json_value(v, '$.a') = 1"),
        arguments(
            "UUID",
            TEXT,
            "3b241101-e2bb-4255-8caf-4136c566a962",
            "v = '3b241101-e2bb-4255-8caf-4136c566a962'"),
        arguments("TEXT", INT64, 7L, "v = '7'"),
        arguments("YEAR", INT64, 2024L, "v = 2024"));
  }

  @ParameterizedTest
  @MethodSource("fitting")
  void aDeclaredColumnTakesWhatFits(String declared, Schema schema, Object value, String condition)
      throws SQLException {
    reader.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, v " + declared + " NULL)");
    target.apply(update(holding(schema), up(1L, value)));
    target.commit(Map.of());
    assertThat(reader.rows("SELECT id FROM t WHERE " + condition)).containsExactly("1");
  }

  static Stream<Arguments> refused() {
    Schema timestamp = Timestamp.builder().optional().build();
    return Stream.of(
        arguments("INT", INT64, 1L << 40),
        arguments("INT", FLOAT64, 1.5),
        arguments("INT", TEXT, "many"),
        arguments("INT", TEXT, "1.5"),
        arguments("BIGINT UNSIGNED", INT64, -1L),
        arguments("DECIMAL(5,2)", FLOAT64, 1.255),
        arguments("DECIMAL(5,2)", INT64, 1000L),
        arguments("DOUBLE", FLOAT64, Double.NaN),
        arguments("DOUBLE", FLOAT64, Double.POSITIVE_INFINITY),
        arguments("VARCHAR(3)", TEXT, "abcd"),
        arguments("VARCHAR(3)", TEXT, "abc "),
        arguments("CHAR(5)", TEXT, "a "),
        arguments("BINARY(3)", BYTES, new byte[] {1, 2}),
        arguments("BLOB", TEXT, "text"),
        arguments("TEXT", BYTES, new byte[] {1}),
        arguments("TEXT", TEXT, new RawText(new byte[] {(byte) 0xff})),
        arguments("TEXT CHARACTER SET latin1", TEXT, "😀"),
        arguments("DATETIME", timestamp, new Date(1)),
        arguments("DATE", timestamp, new Date(0)),
        arguments("TIMESTAMP(3)", timestamp, Date.from(Instant.parse("1901-01-01T00:00:00Z"))),
        arguments("DATETIME(3)", timestamp, Date.from(Instant.parse("-0043-03-15T00:00:00Z"))),
        arguments("DATETIME(3)", TEXT, "2024-02-30 00:00:00"),
        arguments("DATETIME(3)", TEXT, "2024-02-03 00:00:00.0001"),
        arguments("DATETIME", INT64, 7L),
        arguments("ENUM('a','b')", TEXT, "1"),
        arguments("ENUM('a','b')", TEXT, "c"),
        arguments("BIT(3)", INT64, 8L),
        arguments("YEAR", INT64, 24L),
        arguments("JSON", TEXT, "{"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void aValueThatTheColumnWouldChangeIsRefused(String declared, Schema schema, Object value)
      throws SQLException {
    reader.execute("CREATE TABLE t (id BIGINT PRIMARY KEY, v " + declared + " NULL)");
    assertKind(
        () -> target.apply(update(holding(schema), up(1L, value))), WriteException.Kind.DATA, "v");
    target.commit(Map.of());
    assertThat(reader.rows("SELECT * FROM t")).isEmpty();
  }

  @Test
  void aDecimalThatNoTypeHoldsIsNotCreated() {
    Table table = holding(Decimal.builder(31).optional().build());
    assertKind(
        () -> target.apply(update(table, up(1L, null))),
        WriteException.Kind.FATAL,
        "Column v",
        "31",
        "VARCHAR");
  }

  @Test
  void aKeyOfTextAndBytesFitsIntoAnIndex() throws SQLException {
    Table table =
        new Table(
            new TableId("shop", null, "t"),
            List.of(
                new Column("a", TEXT, null),
                new Column("b", BYTES, null),
                new Column("c", Decimal.builder(2).optional().build(), null)),
            0,
            1,
            2);
    target.apply(update(table, up("a".repeat(380), new byte[1500], new BigDecimal("1.25"))));
    target.commit(Map.of());
    assertThat(reader.rows("SELECT char_length(a), length(b), c FROM t"))
        .containsExactly("380|1500|1.25");
  }
}
