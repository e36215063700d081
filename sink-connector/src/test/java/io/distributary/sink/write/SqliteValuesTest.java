package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Change;
import io.distributary.core.record.RawText;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of value, with the {@code typeof()} that it has in SQLite. */
@SuppressWarnings("JavaUtilDate") // the class of Connect's own logical types
class SqliteValuesTest {
  private static final Table UNTYPED = table("v", "*id INTEGER", "x");
  private static final String STORED = "SELECT typeof(x), quote(x) FROM v WHERE id = 1";

  @TempDir Path directory;
  private Settings settings;

  @BeforeEach
  void settings() {
    settings = new Settings("jdbc:sqlite:" + directory.resolve("replica.db"));
  }

  private void apply(io.distributary.core.record.Part... parts) {
    try (Target target = Targets.open(settings.done())) {
      for (var part : parts) {
        target.apply(part);
      }
      target.commit(Map.of());
    }
  }

  private List<String> read(String query) throws SQLException {
    try (Database reader = new Database(settings.url)) {
      return reader.rows(query);
    }
  }

  private void execute(String... sql) throws SQLException {
    try (Database writer = new Database(settings.url)) {
      writer.execute(sql);
    }
  }

  static Stream<Arguments> valuesOfAnUntypedColumn() {
    return Stream.of(
        Arguments.of(null, "null|NULL"),
        Arguments.of(0L, "integer|0"),
        Arguments.of(Long.MIN_VALUE, "integer|-9223372036854775808"),
        Arguments.of(Long.MAX_VALUE, "integer|9223372036854775807"),
        Arguments.of(7, "integer|7"),
        Arguments.of((short) 7, "integer|7"),
        Arguments.of((byte) -7, "integer|-7"),
        Arguments.of(true, "integer|1"),
        Arguments.of(false, "integer|0"),
        Arguments.of(1.0, "real|1.0"),
        Arguments.of(0.1, "real|0.1"),
        Arguments.of(1.5f, "real|1.5"),
        Arguments.of(Double.POSITIVE_INFINITY, "real|9.0e+999"),
        Arguments.of(Double.NEGATIVE_INFINITY, "real|-9.0e+999"),
        Arguments.of(Double.NaN, "text|'NaN'"),
        Arguments.of("", "text|''"),
        Arguments.of("12", "text|'12'"),
        Arguments.of("größe 🙂", "text|'größe 🙂'"),
        Arguments.of(new byte[0], "blob|X''"),
        Arguments.of(new byte[] {0, -1}, "blob|X'00FF'"),
        Arguments.of(ByteBuffer.wrap(new byte[] {9, 1, 2}, 1, 2), "blob|X'0102'"),
        Arguments.of(new BigDecimal("5.00"), "integer|5"),
        Arguments.of(new BigDecimal("9223372036854775808"), "text|'9223372036854775808'"),
        Arguments.of(new BigDecimal("19.99"), "real|19.99"),
        Arguments.of(new BigDecimal("1234567890123456.789"), "text|'1234567890123456.789'"),
        Arguments.of(List.of(1L, "a\"\n", false), "text|'[1,\"a\\\"\\n\",false]'"),
        Arguments.of(Map.of("k", 1.5), "text|'{\"k\":1.5}'"));
  }

  @ParameterizedTest
  @MethodSource("valuesOfAnUntypedColumn")
  void aValueKeepsItsStorageClass(Object value, String stored) throws SQLException {
    apply(update(UNTYPED, up(1L, value)));
    assertThat(read(STORED)).containsExactly(stored);
  }

  @Test
  void textKeepsNulCharacters() throws SQLException {
    apply(update(UNTYPED, up(1L, "a\0b")));
    assertThat(read("SELECT typeof(x), hex(x) FROM v")).containsExactly("text|610062");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void textThatIsNotUtf8KeepsItsBytes(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    RawText raw = new RawText(new byte[] {'a', (byte) 0xff});
    String all = "SELECT id, typeof(x), hex(x) FROM v ORDER BY id";
    apply(update(UNTYPED, up(1L, "a"), up(2L, raw), up(3L, "c")));
    assertThat(read(all)).containsExactly("1|text|61", "2|text|61FF", "3|text|63");
    apply(snapshot(UNTYPED, row(1L, raw), row(2L, "b")));
    assertThat(read(all)).containsExactly("1|text|61FF", "2|text|62");
  }

  @Test
  void rawTextServesAsAKey() throws SQLException {
    Table keyed = table("k", "*a", "*b INTEGER", "x");
    RawText raw = new RawText(new byte[] {(byte) 0xfe});
    apply(
        update(keyed, up(raw, 1L, "old"), up(raw, 1L, "x"), up(raw, 2L, "y")),
        update(keyed, gone(raw, 1L, null), up(raw, 2L, Change.UNTOUCHED)));
    assertThat(read("SELECT hex(a), b, x FROM k")).containsExactly("FE|2|y");
  }

  @Test
  void keysAreToldByWhatSqliteHoldsToBeEqual() throws SQLException {
    Table keyed = table("k", "*a", "x");
    byte[] bytes = {1, 2};
    apply(
        update(
            keyed,
            up(1L, "a"),
            up(1.0, "b"),
            up(bytes, "c"),
            gone(bytes.clone(), null),
            up("1", "d")));
    assertThat(read("SELECT typeof(a), a, x FROM k ORDER BY x"))
        .containsExactly("real|1.0|b", "text|1|d");
    apply(update(keyed, up(1L, "e")));
    assertThat(read("SELECT typeof(a), x FROM k ORDER BY x"))
        .containsExactly("text|d", "integer|e");
  }

  @Test
  void keysThatTheColumnConvertsAreAppliedInOrder() throws SQLException {
    Table keyed = table("k", "*a INTEGER", "x");
    apply(update(keyed, up("1", "a"), gone(1L, null), up(1L, "b"), gone("1", null), up("1", "c")));
    assertThat(read("SELECT typeof(a), x FROM k")).containsExactly("integer|c");
  }

  @Test
  void keysOfATextColumnCompareAsText() throws SQLException {
    Table keyed = table("k", "*a TEXT", "x");
    apply(update(keyed, up(1L, "a"), up("1", "b"), up(1.5, "c"), gone("1.5", null)));
    assertThat(read("SELECT typeof(a), a, x FROM k")).containsExactly("text|1|b");
  }

  @Test
  void keysOfARealColumnCompareAsDoubles() throws SQLException {
    Table keyed = table("k", "*a REAL", "x");
    long huge = (1L << 53) + 1;
    apply(update(keyed, up(huge, "a"), up(huge - 1, "b"), gone(2.5, null)));
    assertThat(read("SELECT x FROM k")).containsExactly("b");
  }

  @Test
  void aKeyThatComparesWithoutCaseKeepsItsLatestSpelling() throws SQLException {
    execute("CREATE TABLE k (a TEXT COLLATE NOCASE PRIMARY KEY, x)");
    Table keyed = table("k", "*a TEXT", "x");
    apply(
        update(keyed, up("Ab", "1"), gone("AB", null), up("aB", "2"), up("É", "3"), up("é", "4")));
    assertThat(read("SELECT a, x FROM k ORDER BY x")).containsExactly("aB|2", "É|3", "é|4");
    apply(update(keyed, up("AB", "5")));
    assertThat(read("SELECT a FROM k WHERE x = '5'")).containsExactly("AB");
  }

  @Test
  void aKeyThatComparesWithoutEndingSpacesIsOne() throws SQLException {
    execute("CREATE TABLE k (a TEXT COLLATE RTRIM PRIMARY KEY, x)");
    apply(update(table("k", "*a TEXT", "x"), up("a  ", "1"), gone("a", null), up("a ", "2")));
    assertThat(read("SELECT quote(a), x FROM k")).containsExactly("'a '|2");
  }

  @Test
  void rowsWhoseKeyHoldsNullAreReplacedByThoseOfTheUnit() throws SQLException {
    Table keyed = table("k", "*a TEXT", "*b INTEGER", "x");
    var unit =
        update(
            keyed,
            gone("a", null, null),
            up("a", null, "1"),
            up("a", null, "2"),
            up("a", 1L, "3"),
            up(null, null, "4"));
    apply(unit, unit);
    apply(unit);
    assertThat(read("SELECT a, b, x FROM k ORDER BY x"))
        .containsExactly("a|null|1", "a|null|2", "a|1|3", "null|null|4");
    apply(update(keyed, gone("a", null, null)));
    assertThat(read("SELECT x FROM k ORDER BY x")).containsExactly("3", "4");
  }

  @Test
  void rowsWhoseKeyHoldsNullMayComeInSeveralPartsOfAUnit() throws SQLException {
    Table keyed = table("k", "*a TEXT", "x");
    var kind = io.distributary.core.record.UnitKind.UPDATE;
    var first = Sample.part(kind, keyed, 5, 0, false, up(null, "1"));
    var second = Sample.part(kind, keyed, 5, 1, true, up(null, "2"), up("z", "3"));
    apply(first, second);
    apply(first, first, second);
    assertThat(read("SELECT x FROM k ORDER BY x")).containsExactly("1", "2", "3");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aSnapshotHoldsRowsWhoseKeyHoldsNull(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    Table keyed = table("k", "*a TEXT", "x");
    apply(update(keyed, up(null, "1"), up("z", "2")));
    apply(snapshot(keyed, row(null, "3"), row(null, "4"), row("y", "5")));
    assertThat(read("SELECT x FROM k ORDER BY x")).containsExactly("3", "4", "5");
    apply(snapshot(keyed, row("y", "5")));
    assertThat(read("SELECT x FROM k ORDER BY x")).containsExactly("5");
  }

  @Test
  void datesAndTimesAreIsoText() throws SQLException {
    Table times =
        new Table(
            new TableId("s", null, "v"),
            List.of(
                new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
                new Column("d", org.apache.kafka.connect.data.Date.SCHEMA, null),
                new Column("t", Time.SCHEMA, null),
                new Column("s", Timestamp.SCHEMA, null)),
            0);
    Date moment = new Date(1_706_704_496_789L);
    apply(update(times, up(1L, new Date(1_706_659_200_000L), new Date(45_296_789L), moment)));
    assertThat(read("SELECT d, t, s, typeof(s) FROM v"))
        .containsExactly("2024-01-31|12:34:56.789|2024-01-31T12:34:56.789Z|text");
    assertThat(read("SELECT datetime(s) FROM v")).containsExactly("2024-01-31 12:34:56");
  }

  @Test
  void decimalsArriveAsTheSourceHeldThem() throws SQLException {
    Table prices =
        new Table(
            new TableId("s", null, "v"),
            List.of(
                new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
                new Column("n", Decimal.builder(2).optional().build(), "NUMERIC(10,2)"),
                new Column("t", Decimal.builder(2).optional().build(), "TEXT")),
            0);
    execute("CREATE TABLE v (id INTEGER PRIMARY KEY, n NUMERIC(10,2), t TEXT)");
    apply(
        update(
            prices,
            up(1L, new BigDecimal("19.90"), new BigDecimal("19.90")),
            up(2L, new BigDecimal("5.00"), new BigDecimal("5.00"))));
    assertThat(read("SELECT typeof(n), n, typeof(t), t FROM v ORDER BY id"))
        .containsExactly("real|19.9|text|19.90", "integer|5|text|5.00");
  }

  @Test
  void structsAreJsonText() throws SQLException {
    Schema inner =
        SchemaBuilder.struct()
            .field("a", SchemaBuilder.array(Schema.BYTES_SCHEMA).build())
            .field("m", SchemaBuilder.map(Schema.STRING_SCHEMA, Timestamp.SCHEMA).build())
            .field("n", Schema.OPTIONAL_FLOAT64_SCHEMA)
            .build();
    Table json =
        new Table(
            new TableId("s", null, "v"),
            List.of(
                new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
                new Column("x", inner, null)),
            0);
    Struct value =
        new Struct(inner)
            .put("a", List.of(new byte[] {1}))
            .put("m", Map.of("t", new Date(0)))
            .put("n", Double.NaN);
    apply(update(json, up(1L, value)));
    assertThat(read("SELECT x, json_valid(x) FROM v"))
        .containsExactly(
            "{\"a\":[\"AQ==\"],\"m\":{\"t\":\"1970-01-01T00:00:00.000Z\"},\"n\":null}|1");
  }

  @Test
  void withoutSchemasTextForABlobIsBase64() throws SQLException {
    execute("CREATE TABLE v (id INTEGER PRIMARY KEY, x BLOB, y)");
    Table bare =
        new Table(
            new TableId(null, null, "v"),
            Stream.of("id", "x", "y").map(name -> new Column(name, null, null)).toList(),
            0);
    apply(update(bare, up(1L, "AQI=", "AQI=")));
    assertThat(read("SELECT hex(x), typeof(x), y FROM v")).containsExactly("0102|blob|AQI=");
    assertThatThrownBy(() -> apply(update(bare, up(1L, "not base64", null))))
        .isInstanceOf(WriteException.class)
        .hasMessageContaining("Column x")
        .hasMessageContaining("base64");
  }

  @Test
  void aMergeTellsValuesApartThatAreEqualButDiffer() throws SQLException {
    settings.snapshots = SnapshotMode.MERGE;
    execute(
        "CREATE TABLE v (id INTEGER PRIMARY KEY, x, y TEXT COLLATE NOCASE)",
        "INSERT INTO v VALUES (1, 1, 'a'), (2, 2, 'b'), (3, 3, 'c')",
        "CREATE TABLE touched (id)",
        "CREATE TRIGGER t AFTER UPDATE ON v BEGIN INSERT INTO touched VALUES (new.id); END");
    Table typed = table("v", "*id INTEGER", "x", "y TEXT");
    apply(snapshot(typed, row(1L, 1.0, "a"), row(2L, 2L, "B"), row(3L, 3L, "c")));
    assertThat(read("SELECT id, typeof(x), y FROM v ORDER BY id"))
        .containsExactly("1|real|a", "2|integer|B", "3|integer|c");
    assertThat(read("SELECT id FROM touched ORDER BY id")).containsExactly("1", "2");
  }

  @Test
  void aMergeTouchesOnlyRowsThatDiffer() throws SQLException {
    settings.snapshots = SnapshotMode.MERGE;
    Table items = table("v", "*id INTEGER", "x TEXT", "y REAL");
    Object[][] rows = new Object[500][];
    Arrays.setAll(rows, i -> row((long) i, i % 3 == 0 ? null : "v" + i, (double) i));
    apply(snapshot(items, rows));
    execute(
        "CREATE TABLE touched (id, op)",
        "CREATE TRIGGER u AFTER UPDATE ON v BEGIN INSERT INTO touched VALUES (new.id, 'u'); END",
        "CREATE TRIGGER d AFTER DELETE ON v BEGIN INSERT INTO touched VALUES (old.id, 'd'); END",
        "CREATE TRIGGER i AFTER INSERT ON v BEGIN INSERT INTO touched VALUES (new.id, 'i'); END");
    rows[3] = row(3L, "was null", 3.0);
    rows[4] = row(4L, null, 4.0);
    rows[5] = row(1000L, "new", 5.0);
    apply(snapshot(items, rows));
    assertThat(read("SELECT id, op FROM touched ORDER BY id"))
        .containsExactly("3|u", "4|u", "5|d", "1000|i");
  }
}
