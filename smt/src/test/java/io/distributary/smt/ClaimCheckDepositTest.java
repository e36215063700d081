package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a deposit copes with a store that fails, and with records that Connect drops. */
class ClaimCheckDepositTest {
  @TempDir Path directory;

  private final Units prices = Units.of("prices");
  private FlakyStore store;
  private ClaimCheckDeposit<SourceRecord> deposit;
  private ClaimCheckRedeem<SourceRecord> redeem;

  @BeforeEach
  void start() {
    Map<String, String> config = new HashMap<>();
    config.put("file.directory", directory.toString());
    store = new FlakyStore(new DepositConfig(config).store());
    deposit = new ClaimCheckDeposit<>();
    deposit.start(new DepositConfig(config), store);
    redeem = new ClaimCheckRedeem<>();
    redeem.configure(config);
  }

  @AfterEach
  void close() {
    deposit.close();
    redeem.close();
  }

  @Test
  void connectFindsTheTransforms() {
    assertThat(ServiceLoader.load(Transformation.class).stream().map(ServiceLoader.Provider::type))
        .contains(ClaimCheckDeposit.class, ClaimCheckRedeem.class);
  }

  @Test
  void aStoreThatFailsAnyNumberOfTimesCostsNothingButTime() {
    Random random = new Random(1);
    for (int lsn = 1; lsn <= 30; lsn++) {
      int[] parts = random.ints(1 + random.nextInt(4), 1001, 3500).toArray();
      SourceRecord sent = null;
      for (SourceRecord record : prices.unit(lsn, parts)) {
        sent = applyUntilItPasses(record, random);
      }

      Struct redeemed = (Struct) redeem.apply(sent).value();
      assertThat(redeemed.getArray("rows")).isEqualTo(prices.rows(IntStream.of(parts).sum()));
    }
  }

  private SourceRecord applyUntilItPasses(SourceRecord record, Random random) {
    while (true) {
      store.failNext(random.nextInt(4));
      try {
        return deposit.apply(record);
      } catch (RetriableException e) {
        assertThat(e).hasMessageContaining("out of reach");
      }
    }
  }

  /** With errors.tolerance=all Connect drops what it gave up on, and goes on with the next. */
  @Test
  void nothingFollowsARecordThatWasDropped() {
    List<SourceRecord> records = prices.unit(7, 900, 900);
    deposit.apply(records.get(0));
    store.failNext(100);
    assertThatThrownBy(() -> deposit.apply(records.get(1))).isInstanceOf(RetriableException.class);

    assertThatThrownBy(() -> deposit.apply(prices.unit(8, 1).get(0)))
        .isInstanceOf(Error.class)
        .hasMessageContaining("errors.retry.timeout=-1")
        .hasMessageContaining("out of reach");

    // The same record may still come again.
    store.failNext(0);
    assertThat(deposit.apply(prices.unit(7, 900, 900).get(1))).isNotNull();
    assertThat(deposit.apply(prices.unit(8, 1).get(0))).isNotNull();
  }

  /** It fails whatever the store does, so it is for errors.tolerance to say what becomes of it. */
  @Test
  void aRecordThatNoStoreTakesMayBeDropped() {
    List<Object> odd = List.of("x".repeat(1_000_000), new Object());
    SourceRecord record = new SourceRecord(Map.of(), Map.of(), "docs", null, odd);

    assertThatThrownBy(() -> deposit.apply(record))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("java.lang.Object");

    assertThat(deposit.apply(prices.unit(8, 1).get(0))).isNotNull();
  }

  @Test
  void aUnitInPartsWithoutAnyRowStillIsOne() {
    List<SourceRecord> records = prices.unit(7, 0, 0);
    assertThat(deposit.apply(records.get(0))).isNull();

    SourceRecord redeemed = redeem.apply(deposit.apply(records.get(1)));

    assertThat(((Struct) redeemed.value()).getArray("rows")).isEmpty();
  }

  @Test
  void aPartWithoutTheOnesBeforeItIsAnError() {
    assertThatThrownBy(() -> deposit.apply(prices.unit(7, 900, 900).get(1)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("Part 1")
        .hasMessageContaining("epoch-1:7")
        .hasMessageContaining("shop.prices");
  }

  @Test
  void aPartOfAnotherUnitInBetweenIsAnError() {
    deposit.apply(prices.unit(7, 900, 900).get(0));

    assertThatThrownBy(() -> deposit.apply(prices.unit(8, 900, 900).get(1)))
        .isInstanceOf(DataException.class);
  }

  @Test
  void chunksGoToTheStoreAsPartsPass() {
    int[] parts = new int[50];
    Arrays.fill(parts, 1000);
    List<SourceRecord> records = prices.unit(7, parts);

    records.subList(0, 49).forEach(record -> assertThat(deposit.apply(record)).isNull());
    assertThat(store.stored()).isBetween(49 - 1 - store.window(), 49);
    deposit.apply(records.get(49));

    assertThat(store.stored()).isEqualTo(50);
    assertThat(store.mostHeld()).isLessThanOrEqualTo(store.largest() * store.window());
  }
}
