package io.distributary.sink;

import static io.distributary.sink.SourceTopic.delete;
import static io.distributary.sink.SourceTopic.read;
import static io.distributary.sink.SourceTopic.set;
import static io.distributary.sink.SourceTopic.snapshot;
import static io.distributary.sink.SourceTopic.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units whose rows stand in a claim-check store: whole, or not at all. */
class ClaimsTest {
  private final FakeDatabase database = new FakeDatabase();
  private final SourceTopic topic = new SourceTopic("shop.prices");
  @TempDir private Path directory;

  private ClaimStore store() {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return ClaimStores.open(
        new AbstractConfig(definition, Map.of("file.directory", directory.toString()), false), "");
  }

  private FakeWorker worker() {
    return new FakeWorker(database).claims(this::store);
  }

  private Map<Long, Object> prices() {
    return database.rows("prices");
  }

  /** The unit's rows, in two parts, in the store. */
  private SinkRecord deposited(UnitHeader header, Change... changes) {
    int half = changes.length / 2;
    topic.part(header, 0, false, List.of(changes).subList(0, half).toArray(Change[]::new));
    topic.part(
        header, 1, true, List.of(changes).subList(half, changes.length).toArray(Change[]::new));
    return Deposit.of(store(), topic.last(2));
  }

  private static Change[] prices(int rows) {
    return LongStream.rangeClosed(1, rows).mapToObj(id -> set(id, id * 10)).toArray(Change[]::new);
  }

  private List<SinkRecord> after(SinkRecord... claimed) {
    List<SinkRecord> records = new ArrayList<>(List.of(topic.records().get(0)));
    records.addAll(List.of(claimed));
    return records;
  }

  /** Gives up a file of the only claim: lets the test remove or damage it. */
  private Path chunk(int number) {
    try (var files = Files.walk(directory)) {
      return files
          .filter(file -> file.getFileName().toString().equals("%05d.avro".formatted(number)))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aUnitOfManyChunksIsThereAtOnce() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(2_500));

    FakeWorker worker = worker().holds(after(claimed)).start().drain(1);

    assertThat(database.states()).hasSize(2);
    assertThat(prices()).hasSize(2_500).containsEntry(1L, 10L).containsEntry(2_500L, 25_000L);
    assertThat(worker.metrics().getRowsApplied()).isEqualTo(2_501);
  }

  @Test
  void aSnapshotOfManyChunksTakesTheTablesPlace() {
    topic.batch(snapshot("e", 1), read(9_999, 1));
    Change[] rows = new Change[1_500];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = read(i, i);
    }
    SinkRecord claimed = deposited(snapshot("e", 2), rows);

    worker().holds(after(claimed)).start().drain();

    assertThat(prices()).hasSize(1_500).doesNotContainKey(9_999L);
  }

  @Test
  void changesComeInTheirOrderAndDeletesDelete() {
    topic.batch(snapshot("e", 1), read(1, 1), read(2, 2));
    SinkRecord claimed = deposited(update("e", 2), set(1, 5), delete(2), set(1, 6), set(3, 7));

    worker().holds(after(claimed)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 6L, 3L, 7L));
  }

  @Test
  void valuesThatDoNotFitTheirColumnArriveAsTheyAre() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), odd(1, "text"), odd(2, 1.5), set(3, 7));

    worker().holds(after(claimed)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, "text", 2L, 1.5, 3L, 7L));
  }

  private static Change odd(long id, Object price) {
    return Change.present(Op.UPDATE, new Object[] {id, price});
  }

  @Test
  void oneClaimHoldsTheRowsOfSeveralTables() {
    SourceTopic names =
        new SourceTopic(
            "shop.prices",
            new Table(new TableId("main", null, "stock"), SourceTopic.PRICES.columns(), 0),
            1_000_000);
    topic.part(update("e", 2), 0, false, set(1, 10));
    names.part(update("e", 2), 1, true, set(7, 70));
    SinkRecord claimed =
        Deposit.of(store(), List.of(topic.records().get(0), names.records().get(0)));

    worker().holds(List.of(claimed)).start().drain();

    assertThat(prices()).isEqualTo(Map.of(1L, 10L));
    assertThat(database.rows("stock")).isEqualTo(Map.of(7L, 70L));
    assertThat(database.states()).hasSize(1);
  }

  @Test
  void aClaimThatLostAChunkStopsTheTaskAndNothingOfItIsApplied() throws IOException {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(2_500));
    Files.delete(chunk(2));
    FakeWorker worker = worker().tolerant().holds(after(claimed)).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("record at offset 2 of shop.prices-0")
        .hasMessageContaining("chunk 2 of 3")
        .hasMessageContaining("ago")
        .hasMessageContaining("claim.expired=snapshot");
    assertThat(worker.reported()).isEmpty();
    assertThat(prices().size()).isLessThan(2);
  }

  @Test
  void aDamagedChunkStopsTheTaskAndNothingIsApplied() throws IOException {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(2_500));
    byte[] bytes = Files.readAllBytes(chunk(1));
    bytes[bytes.length / 2] ^= 1;
    Files.write(chunk(1), bytes);
    FakeWorker worker = worker().holds(after(claimed)).start();

    assertThatThrownBy(worker::drain)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("chunk 1 is damaged");
    assertThat(prices().size()).isLessThan(2);
  }

  @Test
  void aClaimWithFewerRowsThanItSaysIsNotApplied() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(10));
    Claim claim = Claim.of(((Struct) claimed.value()).getStruct("claim"));
    Claim more =
        new Claim(
            claim.store(),
            claim.id(),
            claim.chunks(),
            claim.rows() + 1,
            claim.bytes(),
            claim.checksum());
    FakeWorker worker = worker().holds(after(Deposit.claimed(claimed, more)));

    assertThatThrownBy(() -> worker.start().drain()).hasMessageContaining("hold 10 rows");
    assertThat(prices().size()).isLessThan(2);
  }

  @Test
  void aStoreThatIsAwayIsWaitedFor() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(2_500));
    AtomicInteger failures = new AtomicInteger(2);
    FakeWorker worker =
        new FakeWorker(database)
            .claims(() -> flaky(store(), failures))
            .holds(after(claimed))
            .start();

    for (int i = 0; i < 10; i++) {
      worker.poll(500);
      worker.passes(Duration.ofSeconds(1));
    }

    assertThat(failures.get()).isLessThanOrEqualTo(0);
    assertThat(worker.metrics().getRetries()).isEqualTo(2);
    assertThat(database.states()).hasSize(1);
    assertThat(prices()).hasSize(2_500);
  }

  /** A store whose third chunk cannot be read, so many times. */
  private static ClaimStore flaky(ClaimStore store, AtomicInteger failures) {
    return (ClaimStore)
        Proxy.newProxyInstance(
            ClaimStore.class.getClassLoader(),
            new Class<?>[] {ClaimStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("get")
                  && arguments[1].equals(2)
                  && failures.getAndDecrement() > 0) {
                return CompletableFuture.failedFuture(new RetriableException("no node answers"));
              }
              return method.invoke(store, arguments);
            });
  }

  @Test
  void refusedRowsOfAClaimAreReportedAsARecordThatHoldsJustThem() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), prices(2_500));
    database.refuse(change -> Long.valueOf(1_234).equals(change.image()[0]));

    FakeWorker worker = worker().tolerant().holds(after(claimed)).start().drain();

    assertThat(prices()).hasSize(2_499).doesNotContainKey(1_234L);
    Struct reported = (Struct) worker.reported().get(0).value();
    assertThat(reported.get("claim")).isNull();
    assertThat(reported.getArray("rows")).hasSize(1);
    assertThat(((Struct) reported.getArray("rows").get(0)).getStruct("after").get("id"))
        .isEqualTo(1_234L);
  }

  @Test
  void aRefusedRowIsReportedWithWhatTravelsBesideIt() {
    topic.batch(snapshot("e", 1), read(1, 1));
    SinkRecord claimed = deposited(update("e", 2), set(1, 2), odd(2, "text"));
    database.refuse(change -> "text".equals(change.image()[1]));

    FakeWorker worker = worker().tolerant().holds(after(claimed)).start().drain();

    Struct reported = (Struct) worker.reported().get(0).value();
    Struct row = (Struct) reported.getArray("rows").get(0);
    assertThat(row.getString("op")).isEqualTo("u");
    assertThat(row.getStruct("before")).isNull();
    assertThat(row.getStruct("after").get("price")).isNull();
    assertThat(row.<Struct>getArray("irregular"))
        .extracting(beside -> beside.getString("text"))
        .containsExactly("text");
  }
}
