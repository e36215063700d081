package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimException;
import io.distributary.core.record.UnitKind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Deposit on one side, redeem on the other: what holds with every store. */
abstract class ClaimCheckContract {
  private final Units prices = Units.of("prices" + UUID.randomUUID().toString().substring(0, 8));
  private ClaimCheckDeposit<SourceRecord> deposit;
  private ClaimCheckRedeem<SourceRecord> redeem;

  /** The keys that choose the store. */
  abstract Map<String, String> store();

  @BeforeEach
  void start() {
    deposit = deposit(Map.of());
    redeem = redeem(Map.of());
  }

  @AfterEach
  void close() {
    deposit.close();
    redeem.close();
  }

  private ClaimCheckDeposit<SourceRecord> deposit(Map<String, String> more) {
    ClaimCheckDeposit<SourceRecord> transform = new ClaimCheckDeposit<>();
    Map<String, String> config = new HashMap<>(store());
    config.putAll(more);
    transform.configure(config);
    return transform;
  }

  private ClaimCheckRedeem<SourceRecord> redeem(Map<String, String> more) {
    ClaimCheckRedeem<SourceRecord> transform = new ClaimCheckRedeem<>();
    Map<String, String> config = new HashMap<>(store());
    config.putAll(more);
    transform.configure(config);
    return transform;
  }

  @Test
  void aUnitOfExactlyTheThresholdIsNotDeposited() {
    SourceRecord record = prices.unit(7, 1000).get(0);

    assertThat(deposit.apply(record)).isSameAs(record);
    assertThat(redeem.apply(record)).isSameAs(record);
  }

  @Test
  void aUnitOf2500RowsMakesThreeChunksAndOneRecord() {
    SourceRecord record = prices.unit(7, 2500).get(0);

    SourceRecord deposited = deposit.apply(record);

    Claim claim = claim(deposited);
    assertThat(claim.chunks()).isEqualTo(3);
    assertThat(claim.rows()).isEqualTo(2500);
    assertThat(value(deposited).get("rows")).isNull();
    assertThat(value(deposited).get("row_count")).isEqualTo(2500);
    assertThat(deposited.topic()).isEqualTo(record.topic());
    assertThat(deposited.kafkaPartition()).isEqualTo(record.kafkaPartition());
    assertThat(deposited.key()).isEqualTo(record.key());
    assertThat(deposited.sourceOffset()).isEqualTo(record.sourceOffset());
    assertThat(redeem.apply(deposited).value()).isEqualTo(record.value());
  }

  @Test
  void ofAUnitInPartsOnlyTheLastIsSentAndStandsForAll() {
    List<SourceRecord> records = prices.unit(7, 900, 900, 700);

    assertThat(deposit.apply(records.get(0))).isNull();
    assertThat(deposit.apply(records.get(1))).isNull();
    SourceRecord deposited = deposit.apply(records.get(2));

    assertThat(claim(deposited).chunks()).isEqualTo(3);
    assertThat(deposited.sourceOffset()).isEqualTo(Map.of("lsn", 7L));
    assertThat(value(deposited).get("part")).isEqualTo(0);
    assertThat(value(deposited).get("last")).isEqualTo(true);
    assertThat(value(deposited).getStruct("source").get("seq")).isEqualTo(0L);
    assertThat(value(redeem.apply(deposited)).getArray("rows")).isEqualTo(prices.rows(2500));
  }

  @Test
  void aSmallUnitInPartsGoesToTheStoreToo() {
    List<SourceRecord> records = prices.unit(7, 10, 10);

    assertThat(deposit.apply(records.get(0))).isNull();
    SourceRecord deposited = deposit.apply(records.get(1));

    assertThat(claim(deposited).rows()).isEqualTo(20);
    assertThat(value(redeem.apply(deposited)).getArray("rows")).isEqualTo(prices.rows(20));
  }

  @Test
  void aUnitOverTheThresholdOfBytesIsDeposited() {
    ClaimCheckDeposit<SourceRecord> small = deposit(Map.of("threshold.bytes", "2000"));
    SourceRecord record = prices.unit(7, 50).get(0);

    SourceRecord deposited = small.apply(record);

    assertThat(claim(deposited).rows()).isEqualTo(50);
    assertThat(redeem.apply(deposited).value()).isEqualTo(record.value());
    small.close();
  }

  @Test
  void chunksEndAtTheirBytesToo() {
    ClaimCheckDeposit<SourceRecord> small =
        deposit(Map.of("chunk.bytes", "65536", "chunk.rows", "1000000"));

    Claim claim = claim(small.apply(prices.unit(7, 50_000).get(0)));

    assertThat(claim.chunks()).isBetween(2, 20);
    small.close();
  }

  @Test
  void depositingTheSameRecordsTwiceGivesTheSameClaim() {
    List<SourceRecord> records = prices.unit(7, 900, 900);
    deposit.apply(records.get(0));
    SourceRecord once = deposit.apply(records.get(1));

    // The producer failed: Connect gives the last record again.
    assertThat(deposit.apply(records.get(1))).isEqualTo(once);

    // The task was restarted: its source sends the whole unit again.
    try (ClaimCheckDeposit<SourceRecord> restarted = deposit(Map.of())) {
      assertThat(restarted.apply(records.get(0))).isNull();
      assertThat(restarted.apply(records.get(1))).isEqualTo(once);
    }
    assertThat(value(redeem.apply(once)).getArray("rows")).isEqualTo(prices.rows(1800));
  }

  @Test
  void aUnitBegunAnewForgetsWhatCameOfItBefore() {
    deposit.apply(prices.unit(7, 900, 900, 900).get(0));
    deposit.apply(prices.unit(7, 900, 900, 900).get(1));
    List<SourceRecord> again = prices.unit(9, 900, 300);

    assertThat(deposit.apply(again.get(0))).isNull();
    SourceRecord deposited = deposit.apply(again.get(1));

    assertThat(value(redeem.apply(deposited)).getArray("rows")).isEqualTo(prices.rows(1200));
  }

  @Test
  void unitsOfSeveralTopicsMayInterleave() {
    Units stores = Units.of("stores");
    List<SourceRecord> a = prices.unit(7, 900, 900);
    List<SourceRecord> b = stores.unit(7, 900, 800);

    assertThat(deposit.apply(a.get(0))).isNull();
    assertThat(deposit.apply(b.get(0))).isNull();
    SourceRecord depositedA = deposit.apply(a.get(1));
    SourceRecord depositedB = deposit.apply(b.get(1));

    assertThat(value(redeem.apply(depositedA)).getArray("rows")).isEqualTo(prices.rows(1800));
    assertThat(value(redeem.apply(depositedB)).getArray("rows")).isEqualTo(stores.rows(1700));
  }

  @Test
  void aSnapshotAndAnUpdateAtOnePositionAreTwoClaims() {
    Claim update = claim(deposit.apply(prices.unit(UnitKind.UPDATE, 7, 1500).get(0)));
    Claim snapshot = claim(deposit.apply(prices.unit(UnitKind.SNAPSHOT, 7, 1500).get(0)));

    assertThat(snapshot.id()).isNotEqualTo(update.id());
  }

  @Test
  void anEmptySnapshotPasses() {
    SourceRecord record = prices.unit(UnitKind.SNAPSHOT, 7, 0).get(0);

    assertThat(deposit.apply(record)).isSameAs(record);
  }

  @Test
  void aUnitOverSeveralTablesOnOneTopicCannotBeRedeemedIntoOneRecord() {
    SourceRecord first = Units.onTopic("shop", "prices").unit(7, 900, 0).get(0);
    SourceRecord last = Units.onTopic("shop", "stores").unit(7, 0, 900).get(1);
    assertThat(deposit.apply(first)).isNull();
    SourceRecord deposited = deposit.apply(last);

    assertThat(claim(deposited).rows()).isEqualTo(1800);
    assertThatThrownBy(() -> redeem.apply(deposited))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("topic.layout=table");
  }

  @Test
  void recordsWithinTheThresholdPassUntouched() {
    for (Object value : Arrays.asList("text", null, 5, Map.of("a", 1))) {
      SourceRecord record = new SourceRecord(Map.of(), Map.of(), "t", null, value);

      assertThat(deposit.apply(record)).isSameAs(record);
      assertThat(redeem.apply(record)).isSameAs(record);
    }
  }

  @Test
  void aLargeRecordOfAnotherConnectorComesBackEqual() {
    Schema schema =
        SchemaBuilder.struct()
            .name("other.Document")
            .version(3)
            .field("id", Schema.INT8_SCHEMA)
            .field("body", Schema.BYTES_SCHEMA)
            .field("price", Decimal.builder(2).optional().build())
            .field("tags", SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.STRING_SCHEMA).build())
            .field("state", SchemaBuilder.string().defaultValue("new").build())
            .build();
    Struct value =
        new Struct(schema)
            .put("id", (byte) 1)
            .put("body", new byte[1_000_000])
            .put("price", new BigDecimal("12.50"))
            .put("tags", Map.of(1, "a"))
            .put("state", "old");
    SourceRecord record =
        new SourceRecord(
            Map.of(), Map.of(), "docs", 3, Schema.STRING_SCHEMA, "key", schema, value, 5L);
    record.headers().addString("h", "v");

    SourceRecord deposited = deposit.apply(record);

    assertThat(deposited.valueSchema().name()).isEqualTo("io.distributary.Claim");
    assertThat(deposited.key()).isEqualTo("key");
    SourceRecord redeemed = redeem.apply(deposited);
    assertThat(redeemed).isEqualTo(record);
    assertThat(redeemed.headers()).isEqualTo(record.headers());
  }

  @Test
  void aRecordOfEveryConnectTypeComesBackEqualThoughItsClaimPassedKafka() {
    Struct value = EveryType.value("größe".repeat(300_000));
    SourceRecord record = new SourceRecord(Map.of(), Map.of(), "docs", 0, value.schema(), value);

    SourceRecord deposited = deposit.apply(record);
    SourceRecord redeemed = redeem.apply(throughJson(deposited, true));

    assertThat(deposited.valueSchema().name()).isEqualTo("io.distributary.Claim");
    assertThat(redeemed.valueSchema()).isEqualTo(value.schema());
    assertThat(redeemed.value()).isEqualTo(value);
  }

  @Test
  void aLargeValueWithoutSchemaComesBackEqual() {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      list.add(i % 2 == 0 ? (Object) (long) i : "text");
    }
    SourceRecord record =
        new SourceRecord(Map.of(), Map.of(), "docs", null, Map.of("list", list, "n", 1));

    SourceRecord deposited = deposit.apply(record);

    assertThat(deposited).isNotEqualTo(record);
    assertThat(redeem.apply(deposited)).isEqualTo(record);
  }

  /** A sink sees what its converter makes of the record. */
  @Test
  void aClaimThatCameAsJsonIsRedeemed() {
    SourceRecord record = prices.unit(7, 2500).get(0);
    SourceRecord deposited = deposit.apply(record);

    assertThat(value(redeem.apply(throughJson(deposited, true))).getArray("rows"))
        .isEqualTo(prices.rows(2500));

    Map<?, ?> schemaless = (Map<?, ?>) redeem.apply(throughJson(deposited, false)).value();
    assertThat(schemaless.get("claim")).isNull();
    assertThat((List<?>) schemaless.get("rows")).hasSize(2500);
    Map<?, ?> row = (Map<?, ?>) ((List<?>) schemaless.get("rows")).get(7);
    assertThat(((Map<?, ?>) row.get("after")).get("full_name")).isEqualTo("product 7");
  }

  private static SourceRecord throughJson(SourceRecord record, boolean schemas) {
    try (JsonConverter converter = new JsonConverter()) {
      converter.configure(Map.of("schemas.enable", schemas), false);
      byte[] json = converter.fromConnectData(record.topic(), record.valueSchema(), record.value());
      SchemaAndValue value = converter.toConnectData(record.topic(), json);
      return record.newRecord(
          record.topic(), 0, null, null, value.schema(), value.value(), record.timestamp());
    }
  }

  @Test
  void aUnitTooLargeForOneRecordSaysWhatToRaise() {
    SourceRecord deposited = deposit.apply(prices.unit(7, 2500).get(0));

    try (ClaimCheckRedeem<SourceRecord> few = redeem(Map.of("max.rows", "2499"));
        ClaimCheckRedeem<SourceRecord> small = redeem(Map.of("max.bytes", "100000"))) {
      assertThatThrownBy(() -> few.apply(deposited))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("max.rows=2499")
          .hasMessageContaining(claim(deposited).id());
      assertThatThrownBy(() -> small.apply(deposited))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("max.bytes=100000");
    }
  }

  @Test
  void aClaimThatIsGoneSaysWhatRepairsIt() {
    SourceRecord deposited = deposit.apply(prices.unit(7, 2500).get(0));
    Struct gone =
        value(deposited).put("claim", value(deposited).getStruct("claim").put("id", "gone-1"));

    assertThatThrownBy(() -> redeem.apply(replace(deposited, gone)))
        .isInstanceOf(ClaimException.class)
        .hasMessageContaining("gone-1")
        .hasMessageContaining("deposited 2023-11-14T22:13:20Z")
        .hasMessageContaining("snapshot");
  }

  private static SourceRecord replace(SourceRecord record, Struct value) {
    return record.newRecord(
        record.topic(), 0, null, null, value.schema(), value, record.timestamp());
  }

  static Struct value(SourceRecord record) {
    return (Struct) record.value();
  }

  static Claim claim(SourceRecord record) {
    return Claim.of(value(record).get("claim"));
  }
}
