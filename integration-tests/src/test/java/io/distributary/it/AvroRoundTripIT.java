package io.distributary.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.smt.ClaimCheckDeposit;
import io.distributary.source.capture.Slice;
import io.distributary.source.emit.EmitSettings;
import io.distributary.source.emit.Emitter;
import io.distributary.source.emit.Events;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every record comes out of a converter in another JVM as it went in: all of its schema, and all of
 * its value. Avro goes through a real registry, in Confluent's wire format.
 */
class AvroRoundTripIT {
  private static final String AVRO = "io.apicurio.registry.utils.converter.AvroConverter";
  private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
  private static final String REGISTERED_JSON =
      "io.apicurio.registry.utils.converter.ExtJsonConverter";
  private static final String BY_RECORD =
      "io.apicurio.registry.serde.avro.strategy.TopicRecordIdStrategy";

  @TempDir static Path shared;
  private static Registry registry;

  @TempDir Path directory;

  @BeforeAll
  static void start() throws Exception {
    registry = Registry.start(shared).awaitReady();
    // A schema that is refused would be a record that is lost.
    registry.compatibility("BACKWARD");
  }

  @AfterAll
  static void stop() {
    registry.close();
  }

  @ParameterizedTest
  @CsvSource({"row,table", "transaction,table", "row,source", "transaction,source"})
  void everythingThatSqliteHoldsSurvivesAvro(String events, String layout) throws Exception {
    List<SourceRecord> records = odd(events, layout);
    assertSurvives(AVRO, avro(layout.equals("source")), records);
  }

  @ParameterizedTest
  @CsvSource({"row,table", "transaction,table", "row,source", "transaction,source"})
  void everythingThatSqliteHoldsSurvivesJson(String events, String layout) throws Exception {
    assertSurvives(
        JSON,
        Map.of("schemas.enable", "true", "replace.null.with.default", "false"),
        odd(events, layout));
  }

  @ParameterizedTest
  @CsvSource({"ROW", "TRANSACTION"})
  void everyTypeOfConnectSurvivesAvro(Events events) throws Exception {
    assertSurvives(AVRO, avro(false), everyType(events));
  }

  @ParameterizedTest
  @CsvSource({"ROW", "TRANSACTION"})
  void everyTypeOfConnectSurvivesJson(Events events) throws Exception {
    assertSurvives(
        JSON,
        Map.of("schemas.enable", "true", "replace.null.with.default", "false"),
        everyType(events));
  }

  @ParameterizedTest
  @CsvSource({"row,table", "transaction,table", "row,source", "transaction,source"})
  void everythingThatSqliteHoldsSurvivesJsonWhoseSchemasAreInTheRegistry(
      String events, String layout) throws Exception {
    assertSurvives(REGISTERED_JSON, registeredJson(), odd(events, layout));
  }

  @ParameterizedTest
  @CsvSource({"ROW", "TRANSACTION"})
  void everyTypeOfConnectSurvivesJsonWhoseSchemasAreInTheRegistry(Events events) throws Exception {
    assertSurvives(REGISTERED_JSON, registeredJson(), everyType(events));
  }

  @Test
  void claimsSurviveJsonWhoseSchemasAreInTheRegistry() throws Exception {
    assertSurvives(REGISTERED_JSON, registeredJson(), claims());
  }

  /** Why docs/converters.md says to leave decimal.format alone there. */
  @Test
  void plainNumbersWouldLoseDigitsWhereJsonIsRegistered() {
    Map<String, String> config = new HashMap<>(registeredJson());
    config.put("decimal.format", "NUMERIC");
    Converter values = ConverterPlugin.of(REGISTERED_JSON);
    values.configure(config, false);
    Schema row = SchemaBuilder.struct().name("digits.Row").field("n", Decimal.schema(2)).build();
    Struct value = new Struct(row).put("n", new BigDecimal("12345678901234567890.12"));
    byte[] bytes = values.fromConnectData("digits", row, value);
    Struct read = (Struct) values.toConnectData("digits", bytes).value();

    assertThat(new String(bytes, UTF_8)).contains("12345678901234567890.12");
    assertThat((BigDecimal) read.get("n"))
        .isNotEqualByComparingTo((BigDecimal) value.get("n"))
        .isCloseTo((BigDecimal) value.get("n"), withinPercentage(1));
  }

  /** The registry knows no rules for Connect's own schemas, but each record names its schema. */
  @ParameterizedTest
  @CsvSource({"INTEGER, TEXT", "'DECIMAL(10,2)', REAL", "BOOLEAN, INTEGER"})
  void aTableMayChangeATypeInAnyWayWhereJsonIsRegistered(String before, String after)
      throws Exception {
    Converter values = ConverterPlugin.of(REGISTERED_JSON);
    values.configure(registeredJson(), false);
    String topic = ("json-retyped-" + before + "-" + after).replaceAll("[^A-Za-z-]", "_");
    byte[] old = register(values, topic, before);
    byte[] now = register(values, topic, after);

    List<String> read =
        AnotherJvm.read(
            directory,
            new AnotherJvm.Task(
                REGISTERED_JSON,
                registeredJson(),
                List.of(
                    AnotherJvm.Written.of(topic, false, old),
                    AnotherJvm.Written.of(topic, false, now))));

    assertThat(read.get(0)).contains("distributary.type=" + before);
    assertThat(read.get(1)).contains("distributary.type=" + after);
  }

  @ParameterizedTest
  @CsvSource({
    "INTEGER, REAL, true",
    "INTEGER, TEXT, false",
    "TEXT, BLOB, true",
    "BLOB, INTEGER, false",
    "'DECIMAL(10,2)', 'DECIMAL(10,4)', true",
    "'DECIMAL(10,2)', REAL, false",
    "BOOLEAN, INTEGER, false",
    "TEXT, DATE, true"
  })
  void theRegistryTakesANewTypeWhereAvroReadsTheOldValuesAsIt(
      String before, String after, boolean taken) throws Exception {
    Converter values = ConverterPlugin.of(AVRO);
    values.configure(avro(false), false);
    String topic = ("retyped-" + before + "-" + after).replaceAll("[^A-Za-z-]", "_");
    register(values, topic, before);
    if (taken) {
      register(values, topic, after);
      assertThat(registry.versions(topic + "-value")).isBetween(1, 2);
    } else {
      assertThatThrownBy(() -> register(values, topic, after))
          .hasMessageContaining("Incompatible")
          .hasMessageContaining(topic + "-value");
    }
  }

  private static byte[] register(Converter values, String topic, String type) {
    Table table =
        new Table(
            new TableId("db", null, "t"),
            List.of(
                new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
                new Column("c", SqliteTypes.schema(type), type)),
            0);
    TableSchemas schemas = new TableSchemas(topic, table, false);
    Struct source =
        new RowWriter(schemas, new Provenance("1", "sqlite", topic))
            .envelope(
                Change.present(Op.CREATE, new Object[] {1L, null}),
                new UnitHeader(UnitKind.UPDATE, new Position("e", 7), 1_000, null),
                0,
                true,
                0,
                0);
    return values.fromConnectData(topic, schemas.envelope(), source);
  }

  @Test
  void claimsOfUnitsAndOfWholeRecordsSurviveAvro() throws Exception {
    assertSurvives(AVRO, avro(true), claims());
  }

  private List<SourceRecord> claims() throws Exception {
    List<SourceRecord> claims = new ArrayList<>();
    try (ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      Map<String, Object> config = new HashMap<>();
      config.put("store", "file");
      config.put("file.directory", directory.resolve("claims").toString());
      config.put("threshold.rows", "1");
      config.put("threshold.bytes", "1000");
      deposit.configure(config);
      List<SourceRecord> units =
          new ArrayList<>(odd("transaction", "table", "batch.max.rows", "5"));
      units.add(ofAnotherConnector());
      for (SourceRecord record : units) {
        SourceRecord passed = deposit.apply(record);
        if (passed != null) {
          claims.add(passed);
        }
      }
    }
    assertThat(claims)
        .anyMatch(record -> record.value() instanceof Struct batch && claimIn(batch) != null)
        .anyMatch(record -> record.valueSchema().name().equals("io.distributary.Claim"));
    return claims;
  }

  private static Object claimIn(Struct value) {
    return value.schema().field("claim") == null ? null : value.get("claim");
  }

  @Test
  void theBytesAreConfluentsWireFormatAndTheIdIsKnownUnderItsApi() throws Exception {
    Converter values = ConverterPlugin.of(AVRO);
    values.configure(avro(false), false);
    for (SourceRecord record : everyType(Events.ROW)) {
      if (record.value() == null) {
        continue;
      }
      ByteBuffer bytes =
          ByteBuffer.wrap(
              values.fromConnectData(record.topic(), record.valueSchema(), record.value()));
      assertThat(bytes.get()).isZero();
      JsonNode schema = registry.schema(bytes.getInt());
      assertThat(schema.path("namespace").asText() + "." + schema.path("name").asText())
          .isEqualTo(record.valueSchema().name());
    }
  }

  /** Why such columns are refused (StructNames): the reader would get {x=1} for {y="q"}. */
  @Test
  void twoShapesOfOneNameWouldBeMixedUpWithoutAnError() throws Exception {
    Schema one = point("mixed.Point", Schema.FLOAT64_SCHEMA);
    Schema other =
        SchemaBuilder.struct()
            .name("mixed.Point")
            .field("x", Schema.FLOAT64_SCHEMA)
            .field("y", Schema.OPTIONAL_STRING_SCHEMA)
            .build();
    Schema row = SchemaBuilder.struct().name("mixed.Row").field("a", one).field("b", other).build();
    Struct value =
        new Struct(row)
            .put("a", new Struct(one).put("x", 1.0))
            .put("b", new Struct(other).put("x", 2.0).put("y", "q"));
    Converter values = ConverterPlugin.of(AVRO);
    values.configure(avro(false), false);
    byte[] bytes = values.fromConnectData("mixed", row, value);
    List<String> read =
        AnotherJvm.read(
            directory,
            new AnotherJvm.Task(
                AVRO, avro(false), List.of(AnotherJvm.Written.of("mixed", false, bytes))));
    assertThat(Canonical.of(row, value)).contains("String q");
    assertThat(read.get(0)).contains("Double 2.0").doesNotContain("String q");
  }

  private List<SourceRecord> odd(String events, String layout, String... more) throws Exception {
    List<String> settings =
        new ArrayList<>(List.of("events", events, "topic.layout", layout, "batch.max.rows", "7"));
    settings.addAll(List.of(more));
    List<SourceRecord> records =
        OddShop.records(
            directory.resolve("odd.db"),
            // A topic has one kind of records, so each has topics of its own.
            "7-odd.shop-" + events + "-" + layout,
            layout.equals("table"),
            settings.toArray(String[]::new));
    assertComplete(records, events, layout);
    return records;
  }

  /** That no shape a record can have was left out. */
  private static void assertComplete(List<SourceRecord> records, String events, String layout) {
    Set<String> shapes = new HashSet<>();
    for (SourceRecord record : records) {
      if (!(record.value() instanceof Struct value)) {
        shapes.add("tombstone");
      } else if (events.equals("row")) {
        shapes.add(value.getString("op"));
        shapes.add(value.get("irregular") == null ? "regular" : "irregular");
      } else {
        shapes.add(value.getString("kind"));
        shapes.add(value.getInt32("part") > 0 ? "part" : "first");
        for (Object row : value.getArray("rows")) {
          shapes.add(((Struct) row).get("irregular") == null ? "regular" : "irregular");
        }
      }
    }
    if (events.equals("row")) {
      assertThat(shapes).contains("c", "u", "d", "r", "tombstone", "irregular", "regular");
      // In one topic for all tables, a table that was emptied is a step of its unit.
      assertThat(shapes.contains("t")).isEqualTo(layout.equals("table"));
    } else {
      assertThat(shapes).contains("snapshot", "update", "part", "first", "irregular", "regular");
    }
  }

  private void assertSurvives(
      String converter, Map<String, String> config, List<SourceRecord> records) throws Exception {
    Converter keys = ConverterPlugin.of(converter);
    Converter values = ConverterPlugin.of(converter);
    keys.configure(config, true);
    values.configure(config, false);
    List<String> expected = new ArrayList<>();
    List<AnotherJvm.Written> written = new ArrayList<>();
    for (SourceRecord record : records) {
      // Apicurio's converter reads a plain string back as something else, without a schema: plain
      // keys go through Kafka's StringConverter, in all of our configurations.
      if (!converter.equals(AVRO) || record.keySchema().type() == Schema.Type.STRUCT) {
        byte[] key = keys.fromConnectData(record.topic(), record.keySchema(), record.key());
        written.add(AnotherJvm.Written.of(record.topic(), true, key));
        expected.add(Canonical.of(record.keySchema(), record.key()));
      }
      byte[] value = values.fromConnectData(record.topic(), record.valueSchema(), record.value());
      if (value != null) {
        written.add(AnotherJvm.Written.of(record.topic(), false, value));
        expected.add(Canonical.of(record.valueSchema(), record.value()));
      }
    }
    List<String> read = AnotherJvm.read(directory, new AnotherJvm.Task(converter, config, written));
    assertThat(read).hasSameSizeAs(expected);
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i)).as(written.get(i).topic()).isEqualTo(expected.get(i));
    }
  }

  /**
   * @param byRecord whether schemas are kept apart by their name as well as by topic: a topic that
   *     holds records of several kinds needs that
   */
  private static Map<String, String> avro(boolean byRecord) {
    Map<String, String> config = new HashMap<>();
    config.put("apicurio.registry.url", registry.url());
    config.put("apicurio.registry.as-confluent", "true");
    config.put("apicurio.registry.use-id", "contentId");
    config.put("apicurio.registry.headers.enabled", "false");
    config.put("apicurio.registry.auto-register", "true");
    config.put("enhanced.avro.schema.support", "true");
    if (byRecord) {
      config.put("apicurio.registry.artifact-resolver-strategy", BY_RECORD);
    }
    return config;
  }

  private static Map<String, String> registeredJson() {
    Map<String, String> config = new HashMap<>();
    config.put("apicurio.registry.url", registry.url());
    config.put("apicurio.registry.auto-register", "true");
    config.put("replace.null.with.default", "false");
    // The same topics have Avro schemas in the registry's default group.
    config.put("apicurio.registry.artifact.group-id", "json");
    return config;
  }

  /** A record that a table of every Connect type makes, as other sources than SQLite have them. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  private static List<SourceRecord> everyType(Events events) {
    Schema point = point("Point", Schema.FLOAT64_SCHEMA);
    Object[][] columns = {
      // As all captures have it: a truncation bears a key of nulls.
      {"id", Schema.OPTIONAL_INT32_SCHEMA, 1, 2},
      {"needed", Schema.INT32_SCHEMA, 3, 4},
      {"i8", Schema.OPTIONAL_INT8_SCHEMA, Byte.MIN_VALUE, null},
      {"i16", Schema.OPTIONAL_INT16_SCHEMA, Short.MAX_VALUE, null},
      {"i64", Schema.OPTIONAL_INT64_SCHEMA, Long.MIN_VALUE, null},
      {"f32", Schema.OPTIONAL_FLOAT32_SCHEMA, 0.1f, null},
      {"f64", Schema.OPTIONAL_FLOAT64_SCHEMA, Double.MIN_VALUE, null},
      {"flag", Schema.OPTIONAL_BOOLEAN_SCHEMA, true, null},
      {"text", Schema.OPTIONAL_STRING_SCHEMA, "a\0b \ud83d\ude00", null},
      {"bytes", Schema.OPTIONAL_BYTES_SCHEMA, new byte[] {0, -1}, null},
      {
        "huge",
        Decimal.builder(10).optional().build(),
        new BigDecimal("-" + "9".repeat(80) + ".0123456789"),
        null
      },
      {"money", Decimal.builder(2).optional().build(), new BigDecimal("0.01"), null},
      {"day", Date.builder().optional().build(), new java.util.Date(-86_400_000L), null},
      {"time", Time.builder().optional().build(), new java.util.Date(86_399_999L), null},
      {"at", Timestamp.builder().optional().build(), new java.util.Date(-1L), null},
      {"uuid", SchemaBuilder.string().name("io.debezium.data.Uuid").optional().build(), "u", null},
      {
        "list",
        SchemaBuilder.array(Schema.OPTIONAL_INT64_SCHEMA).optional().build(),
        Arrays.asList(1L, null),
        null
      },
      {
        "map",
        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.OPTIONAL_STRING_SCHEMA).optional().build(),
        Map.of("k", "v"),
        null
      },
      {"first point", point, new Struct(point).put("x", 1.0), null},
      {"second point", point, new Struct(point).put("x", 2.0), null},
    };
    List<Column> described = new ArrayList<>();
    Object[] present = new Object[columns.length];
    Object[] absent = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      described.add(
          new Column((String) columns[i][0], (Schema) columns[i][1], "type of " + columns[i][0]));
      present[i] = columns[i][2];
      absent[i] = columns[i][3];
    }
    Table table = new Table(new TableId("db", "public", "types"), described, 0);
    Emitter emitter =
        new Emitter(
            new EmitSettings(
                "every-" + events,
                events,
                TopicLayout.TABLE,
                Ordering.TRANSACTION,
                new Provenance("1", "postgres", "every")),
            null);
    Object[] partly = present.clone();
    Arrays.fill(partly, 2, partly.length, Change.UNTOUCHED);
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", 7), 1_000, 42L);
    List<Change> changes =
        List.of(
            new Change(Op.TRUNCATE, null, null),
            new Change(Op.UPDATE, absent, present),
            Change.present(Op.UPDATE, partly),
            Change.present(Op.CREATE, absent),
            Change.deleted(present));
    List<SourceRecord> records =
        new ArrayList<>(
            emitter.emit(new Slice(header, table, changes, true, true, Map.of("lsn", 7L))));
    // What says up to where a source was read, where nothing of it was captured.
    records.addAll(emitter.emit(new Slice(header, null, List.of(), true, true, Map.of("lsn", 8L))));
    assertThat(records)
        .anyMatch(
            record ->
                record.valueSchema() != null
                    && "io.distributary.Position".equals(record.valueSchema().name()));
    return records;
  }

  private static Schema point(String name, Schema coordinate) {
    return SchemaBuilder.struct().name(name).field("x", coordinate).optional().build();
  }

  private static SourceRecord ofAnotherConnector() {
    Schema row =
        SchemaBuilder.struct()
            .name("another.Row")
            .field("id", Schema.INT64_SCHEMA)
            .field("text", Schema.STRING_SCHEMA)
            .build();
    Struct value = new Struct(row).put("id", 1L).put("text", "x".repeat(2_000));
    return new SourceRecord(Map.of(), Map.of(), "another", 0, Schema.INT64_SCHEMA, 1L, row, value);
  }
}
