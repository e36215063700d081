package io.distributary.source.emit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.source.capture.Slice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;

class EmitterTest {
  private static final Table PRODUCTS = table("products");
  private static final Table PRICES = table("prices");
  private static final Map<String, Object> BEFORE = Map.of("lsn", 6L);
  private static final Map<String, Object> AFTER = Map.of("lsn", 7L);

  @Test
  void onlyTheVeryLastRecordOfATransactionCarriesItsOffset() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> records = new ArrayList<>();
    records.addAll(emitter.emit(slice(PRODUCTS, false, false, upsert(1), upsert(2))));
    records.addAll(emitter.emit(slice(PRODUCTS, true, false, upsert(3))));
    records.addAll(emitter.emit(slice(PRICES, true, true, upsert(1), delete(2))));
    assertThat(records).hasSize(6);
    assertThat(records.subList(0, 5)).allSatisfy(r -> assertThat(offset(r)).isEqualTo(BEFORE));
    assertThat(offset(records.get(5))).as("the tombstone's").isEqualTo(AFTER);
    assertThat(offset(emitter.emit(slice(PRICES, true, false, upsert(4))).get(0)))
        .as("the next transaction's")
        .isEqualTo(AFTER);
  }

  @Test
  void beforeTheFirstTransactionIsWholeTheOffsetSaysSo() {
    Emitter emitter =
        new Emitter(settings(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION), null);
    SourceRecord record = emitter.emit(slice(PRODUCTS, false, false, upsert(1))).get(0);
    assertThat(Emitter.bookmark(new java.util.HashMap<>(offset(record)))).isNull();
  }

  @Test
  void aTopicPerTableEndsItsUnitWithTheTable() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> products = new ArrayList<>();
    products.addAll(emitter.emit(slice(PRODUCTS, false, false, upsert(1), upsert(2))));
    products.addAll(emitter.emit(slice(PRODUCTS, true, false, upsert(3))));
    List<SourceRecord> prices = emitter.emit(slice(PRICES, true, true, upsert(1)));
    assertThat(products).extracting(SourceRecord::topic).containsOnly("canonical.products");
    assertThat(products).extracting(EmitterTest::seq).containsExactly(0L, 1L, 2L);
    assertThat(products).extracting(EmitterTest::last).containsExactly(false, false, true);
    assertThat(prices).extracting(SourceRecord::topic).containsOnly("canonical.prices");
    assertThat(prices).extracting(EmitterTest::seq).containsExactly(0L);
    assertThat(prices).extracting(EmitterTest::last).containsExactly(true);
  }

  @Test
  void oneTopicForAllEndsItsUnitWithTheTransaction() {
    Emitter emitter = emitter(Events.TRANSACTION, TopicLayout.SOURCE, Ordering.TRANSACTION);
    List<SourceRecord> records = new ArrayList<>();
    records.addAll(emitter.emit(slice(PRODUCTS, true, false, upsert(1))));
    records.addAll(emitter.emit(slice(PRICES, true, true, upsert(1), upsert(2))));
    assertThat(records).extracting(SourceRecord::topic).containsOnly("canonical");
    assertThat(records).extracting(EmitterTest::seq).containsExactly(0L, 1L);
    assertThat(records).extracting(EmitterTest::last).containsExactly(false, true);
    assertThat(records).extracting(r -> value(r).getInt32("part")).containsExactly(0, 1);
    assertThat(records).extracting(r -> value(r).getInt32("row_count")).containsExactly(1, 2);
    assertThat(records).extracting(SourceRecord::key).containsExactly("products", "prices");
    assertThat(records)
        .extracting(r -> r.valueSchema().name())
        .containsExactly("canonical.products.Batch", "canonical.prices.Batch");
  }

  @Test
  void everySnapshotIsAUnitOfItsOwnInWhateverLayout() {
    Emitter emitter = emitter(Events.TRANSACTION, TopicLayout.SOURCE, Ordering.TRANSACTION);
    SourceRecord record = emitter.emit(snapshot(PRODUCTS, true, upsert(1))).get(0);
    assertThat(last(record)).isTrue();
    assertThat(value(record).getString("kind")).isEqualTo("snapshot");
    assertThat(value(record).getStruct("source").getString("snapshot")).isEqualTo("true");
  }

  @Test
  void transactionsAreInPartitionZeroWhateverTheTopicHas() {
    for (Events events : Events.values()) {
      Emitter emitter = emitter(events, TopicLayout.TABLE, Ordering.TRANSACTION);
      assertThat(emitter.emit(slice(PRODUCTS, true, true, upsert(1), delete(2))))
          .extracting(SourceRecord::kafkaPartition)
          .containsOnly(0);
    }
  }

  @Test
  void aDeleteIsFollowedByATombstone() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> records = emitter.emit(slice(PRODUCTS, true, true, delete(5)));
    assertThat(records).hasSize(2);
    assertThat(value(records.get(0)).getString("op")).isEqualTo("d");
    assertThat(value(records.get(0)).getStruct("before").getInt64("id")).isEqualTo(5);
    assertThat(value(records.get(0)).get("after")).isNull();
    assertThat(last(records.get(0))).isTrue();
    assertThat(records.get(1).value()).isNull();
    assertThat(records.get(1).valueSchema()).isNull();
    assertThat(records.get(1).key()).isEqualTo(records.get(0).key());
  }

  @Test
  void anEmptySnapshotIsATruncationWithAKeyForCompactedTopics() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> records = emitter.emit(snapshot(PRODUCTS, true));
    assertThat(records).hasSize(1);
    assertThat(value(records.get(0)).getString("op")).isEqualTo("t");
    assertThat(records.get(0).key()).isNotNull();
    assertThat(last(records.get(0))).isTrue();
    assertThat(offset(records.get(0))).isEqualTo(AFTER);
  }

  @Test
  void anEmptySnapshotIsABatchWithoutRows() {
    Emitter emitter = emitter(Events.TRANSACTION, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> records = emitter.emit(snapshot(PRODUCTS, true));
    assertThat(value(records.get(0)).getArray("rows")).isEmpty();
    assertThat(value(records.get(0)).getInt32("row_count")).isZero();
  }

  @Test
  void orderedByKeyEveryRowIsAUnitAndKafkaChoosesThePartition() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.KEY);
    List<SourceRecord> records = emitter.emit(snapshot(PRODUCTS, true, upsert(1), upsert(2)));
    assertThat(records).extracting(SourceRecord::kafkaPartition).containsOnlyNulls();
    assertThat(records).extracting(EmitterTest::last).containsOnly(true);
    assertThat(records)
        .as("a row must never pass for a whole table")
        .extracting(r -> value(r).getStruct("source").getString("snapshot"))
        .containsOnly("false");
    assertThat(emitter.emit(snapshot(PRODUCTS, true))).isEmpty();
  }

  @Test
  void orderedByKeyRowsHaveNoEpochAsPartitionsHaveNoCommonHistory() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.KEY);
    List<SourceRecord> records = new ArrayList<>();
    records.addAll(emitter.emit(slice(PRODUCTS, false, false, upsert(1), upsert(2))));
    records.addAll(emitter.emit(slice(PRODUCTS, true, true, upsert(3))));
    assertThat(records).extracting(EmitterTest::seq).containsExactly(0L, 1L, 2L);
    assertThat(records)
        .extracting(r -> value(r).getStruct("source").getString("epoch"))
        .containsOnly("");
  }

  @Test
  void everySnapshotBeginsWithItsFirstPartAlsoInATransactionOfSeveral() {
    for (Events events : Events.values()) {
      Emitter emitter = emitter(events, TopicLayout.SOURCE, Ordering.TRANSACTION);
      List<SourceRecord> records = new ArrayList<>();
      records.addAll(
          emitter.emit(slice(UnitKind.SNAPSHOT, PRODUCTS, false, false, upsert(1), upsert(2))));
      records.addAll(emitter.emit(slice(UnitKind.SNAPSHOT, PRODUCTS, true, false, upsert(3))));
      records.addAll(emitter.emit(slice(UnitKind.SNAPSHOT, PRICES, true, true, upsert(1))));
      SourceRecord prices = records.get(records.size() - 1);
      assertThat(value(prices).getStruct("source").getString("table")).isEqualTo("prices");
      assertThat(seq(prices)).isZero();
      assertThat(records.stream().filter(EmitterTest::last)).hasSize(2);
      assertThat(records.subList(0, records.size() - 1))
          .allSatisfy(r -> assertThat(offset(r)).isEqualTo(BEFORE));
    }
  }

  @Test
  void aTableOfANewShapeGetsNewSchemasOnTheSameTopic() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    SourceRecord before = emitter.emit(slice(PRODUCTS, true, true, upsert(1))).get(0);
    Table changed =
        new Table(
            PRODUCTS.id(),
            List.of(
                PRODUCTS.columns().get(0),
                PRODUCTS.columns().get(1),
                new Column("price", Schema.OPTIONAL_FLOAT64_SCHEMA, "REAL")),
            0);
    Change change = Change.present(Op.UPDATE, new Object[] {1L, "pen", 2.5});
    SourceRecord after = emitter.emit(slice(changed, true, true, change)).get(0);
    assertThat(after.topic()).isEqualTo(before.topic());
    assertThat(value(after).getStruct("after").get("price")).isEqualTo(2.5);
    assertThat(emitter.emit(slice(changed, true, true, change)).get(0).valueSchema())
        .as("made once")
        .isSameAs(after.valueSchema());
  }

  @Test
  void keysInOneTopicForAllNameTheirTable() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.SOURCE, Ordering.TRANSACTION);
    List<SourceRecord> records = new ArrayList<>();
    records.addAll(emitter.emit(slice(PRODUCTS, true, false, upsert(1))));
    records.addAll(emitter.emit(slice(PRICES, true, true, upsert(1))));
    assertThat(records.get(0).key().toString()).isNotEqualTo(records.get(1).key().toString());
    assertThat(((Struct) records.get(0).key()).getString("__table")).isEqualTo("products");
  }

  @Test
  void orderIsCountedOverAllTablesOfATransaction() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    List<SourceRecord> records = new ArrayList<>();
    records.addAll(emitter.emit(slice(PRODUCTS, true, false, upsert(1), upsert(2))));
    records.addAll(emitter.emit(slice(PRICES, true, true, upsert(1))));
    assertThat(records)
        .extracting(r -> value(r).getStruct("transaction").getInt64("total_order"))
        .containsExactly(1L, 2L, 3L);
    assertThat(records)
        .extracting(r -> value(r).getStruct("transaction").getInt64("data_collection_order"))
        .containsExactly(1L, 2L, 1L);
    assertThat(records)
        .extracting(r -> value(r).getStruct("transaction").getString("id"))
        .containsOnly("epoch:7");
  }

  @Test
  void oddNamesBecomeLegalOnesAndAreKept() {
    Table odd =
        new Table(
            new TableId("main", null, "größe \"x\""),
            List.of(new Column("id 1", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER")),
            0);
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    Change change = Change.present(Op.CREATE, new Object[] {1L});
    SourceRecord record = emitter.emit(slice(odd, true, true, change)).get(0);
    assertThat(record.topic()).isEqualTo("canonical.gr__e__x_");
    assertThat(record.valueSchema().name()).isEqualTo("canonical.gr__e__x_.Envelope");
    assertThat(value(record).getStruct("source").getString("table")).isEqualTo("größe \"x\"");
    Schema field = value(record).schema().field("after").schema().field("id_1").schema();
    assertThat(field.parameters()).containsEntry("distributary.name", "id 1");
  }

  @Test
  void tablesThatWouldShareATopicAreRefused() {
    EmitSettings settings = settings(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    assertThatThrownBy(() -> Emitter.requireDistinct(settings, List.of("a b", "a_b")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("'a b'")
        .hasMessageContaining("'a_b'")
        .hasMessageContaining("canonical.a_b");
    assertThatThrownBy(() -> Emitter.requireDistinct(settings, List.of("a.b", "a_b")))
        .as("Kafka takes '.' for '_'")
        .isInstanceOf(ConnectException.class);
    Emitter.requireDistinct(settings, List.of("a-b", "a_b"));
  }

  @Test
  void tablesThatTurnUpLaterMayNotShareATopicEither() {
    Emitter emitter = emitter(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    emitter.emit(slice(table("a b"), true, true, upsert(1)));
    assertThatThrownBy(() -> emitter.emit(slice(table("a_b"), true, true, upsert(1))))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("canonical.a_b");
  }

  @Test
  void tablesOfOneTopicMayNotShareTheNamesOfTheirSchemas() {
    EmitSettings settings = settings(Events.ROW, TopicLayout.SOURCE, Ordering.TRANSACTION);
    assertThatThrownBy(() -> Emitter.requireDistinct(settings, List.of("a-b", "a_b")))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("schema names canonical.a_b");
  }

  @Test
  void aTopicThatKafkaWouldNotTakeIsRefused() {
    EmitSettings settings = settings(Events.ROW, TopicLayout.TABLE, Ordering.TRANSACTION);
    assertThatThrownBy(() -> Emitter.requireDistinct(settings, List.of("x".repeat(240))))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("250 characters");
  }

  private static Emitter emitter(Events events, TopicLayout layout, Ordering ordering) {
    return new Emitter(settings(events, layout, ordering), BEFORE);
  }

  private static EmitSettings settings(Events events, TopicLayout layout, Ordering ordering) {
    Provenance provenance = new Provenance("1", "sqlite", "canonical");
    return new EmitSettings("canonical", events, layout, ordering, provenance);
  }

  private static Table table(String name) {
    return new Table(
        new TableId("main", null, name),
        List.of(
            new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
            new Column("name", Schema.OPTIONAL_STRING_SCHEMA, "TEXT")),
        0);
  }

  private static Slice slice(Table table, boolean endOfTable, boolean end, Change... changes) {
    return slice(UnitKind.UPDATE, table, endOfTable, end, changes);
  }

  private static Slice snapshot(Table table, boolean end, Change... changes) {
    return slice(UnitKind.SNAPSHOT, table, end, end, changes);
  }

  private static Slice slice(
      UnitKind kind, Table table, boolean endOfTable, boolean end, Change... changes) {
    UnitHeader header = new UnitHeader(kind, new Position("epoch", 7), 1_000, null);
    return new Slice(header, table, Arrays.asList(changes), endOfTable, end, end ? AFTER : null);
  }

  private static Change upsert(long id) {
    return Change.present(Op.UPDATE, new Object[] {id, "name " + id});
  }

  private static Change delete(long id) {
    return Change.deleted(new Object[] {id, null});
  }

  private static Struct value(SourceRecord record) {
    return (Struct) record.value();
  }

  private static Map<String, Object> offset(SourceRecord record) {
    return new java.util.HashMap<>(record.sourceOffset());
  }

  private static long seq(SourceRecord record) {
    return value(record).getStruct("source").getInt64("seq");
  }

  private static boolean last(SourceRecord record) {
    return value(record).getStruct("source").getBoolean("last");
  }
}
