package io.distributary.core.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.claim.chunk.RowFormat;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for every store. */
public abstract class ClaimStoreContract {
  private static final Schema ROW =
      SchemaBuilder.struct()
          .name("shop.prices.Row")
          .field("op", Schema.STRING_SCHEMA)
          .field("id", Schema.INT64_SCHEMA)
          .build();
  private static final Origin ORIGIN =
      new Origin(
          "shop.prices",
          UnitKind.UPDATE,
          new Position("e1", 7),
          new TableId("shop", null, "prices"),
          List.of("id"));

  private ClaimStore store;
  private String claim;

  /** A new store on the same place each time. */
  protected abstract ClaimStore open();

  @BeforeEach
  void openStore() {
    store = open();
    claim = "claim-" + UUID.randomUUID();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void aReachableStoreChecksOut() {
    store.check();
    store.check();
  }

  @Test
  void aChunkComesBackAsItWas() {
    byte[] chunk = random(100_000);

    put(claim, 0, chunk);

    assertThat(get(claim, 0)).isEqualTo(chunk);
  }

  @Test
  void aChunkIsThereForOthersOnceItIsPut() {
    put(claim, 0, random(100));

    try (ClaimStore other = open()) {
      assertThat(Stages.await(other.get(claim, 0))).isEqualTo(get(claim, 0));
    }
  }

  @Test
  void aChunkOfMegabytesIsAChunk() {
    byte[] chunk = random(8 << 20);

    put(claim, 3, chunk);

    assertThat(get(claim, 3)).isEqualTo(chunk);
  }

  @Test
  void whatIsNotThereIsNull() {
    put(claim, 0, random(10));

    assertThat(get(claim, 1)).isNull();
    assertThat(get("another-" + claim, 0)).isNull();
  }

  @Test
  void puttingAChunkTwiceKeepsTheLast() {
    put(claim, 0, random(1000));
    byte[] second = random(10);

    put(claim, 0, second);
    put(claim, 0, second);

    assertThat(get(claim, 0)).isEqualTo(second);
  }

  @Test
  void manyChunksGoAtOnce() {
    List<CompletionStage<Void>> puts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      puts.add(store.put(claim, i, new byte[] {(byte) i}));
    }
    puts.forEach(Stages::await);

    for (int i = 0; i < 100; i++) {
      assertThat(get(claim, i)).containsExactly(i);
    }
  }

  @Test
  void writersOfOneChunkAtOnceLeaveItWhole() {
    List<byte[]> versions = new ArrayList<>();
    List<CompletionStage<Void>> puts = new ArrayList<>();
    try (ClaimStore other = open()) {
      for (int i = 0; i < 20; i++) {
        byte[] version = random(50_000);
        versions.add(version);
        puts.add((i % 2 == 0 ? store : other).put(claim, 0, version));
      }
      puts.forEach(Stages::await);
    }

    assertThat(versions).anyMatch(version -> Arrays.equals(version, get(claim, 0)));
  }

  @Test
  void claimsAreListedWithWhatIsKnownOfThem() {
    Instant before = Instant.now();
    put(claim, 0, random(100));
    put(claim, 1, random(50));

    StoredClaim listed = listed(claim);

    assertThat(listed.chunks()).isEqualTo(2);
    assertThat(listed.bytes()).isEqualTo(150);
    assertThat(listed.written())
        .isBetween(before.minus(Duration.ofMinutes(1)), before.plus(Duration.ofMinutes(1)));
  }

  @Test
  void aDeletedClaimIsGoneAndNoOther() {
    put(claim, 0, random(100));
    put(claim, 2, random(100));
    put("other-" + claim, 0, random(100));

    store.delete(claim, 3, Instant.now());
    store.delete(claim, 3, Instant.now());

    assertThat(get(claim, 0)).isNull();
    assertThat(get(claim, 2)).isNull();
    assertThat(listed(claim)).isNull();
    assertThat(get("other-" + claim, 0)).isNotNull();
  }

  @Test
  void aChunkThatWasWrittenSinceStays() {
    put(claim, 0, random(100));
    put(claim, 1, random(100));
    Instant before = listed(claim).written().plusMillis(1);
    byte[] again = random(100);
    while (Instant.now().isBefore(before.plusMillis(20))) {
      Thread.onSpinWait(); // the clock of files is a few milliseconds late
    }
    put(claim, 1, again);

    store.delete(claim, 2, before);

    assertThat(get(claim, 0)).isNull();
    assertThat(get(claim, 1)).isEqualTo(again);
  }

  @Test
  void chunksTellWhereTheyAreFromAndHowManyRowsThereAre() {
    Claim made = write(2500);

    ChunkDescription first = ChunkDescription.of(get(made.id(), 0));
    ChunkDescription last = ChunkDescription.of(get(made.id(), 2));

    assertThat(first).isEqualTo(new ChunkDescription(ORIGIN, 0, 0, 1000));
    assertThat(last).isEqualTo(new ChunkDescription(ORIGIN, 2, 2000, 500));
    assertThat(last.rowsUpToItsEnd()).isEqualTo(made.rows());
  }

  @Test
  void aClosedStoreRefusesWork() {
    store.close();

    assertThatThrownBy(() -> put(claim, 0, random(1)))
        .isInstanceOf(ConnectException.class)
        .isNotInstanceOf(RetriableException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void rowsComeBackInOrderWithTheirOrigin() {
    Claim made = write(2500);

    assertThat(made.chunks()).isEqualTo(3);
    assertThat(made.rows()).isEqualTo(2500);
    assertThat(made.bytes()).isEqualTo(listed(made.id()).bytes());
    try (ClaimReader reader = ClaimReader.open(store, made)) {
      for (int i = 0; i < 2500; i++) {
        assertThat(reader.nextRow()).isEqualTo(row(i));
        assertThat(reader.schema()).isEqualTo(ROW);
        assertThat(reader.origin()).isEqualTo(ORIGIN);
      }
      assertThat(reader.hasNext()).isFalse();
    }
  }

  @Test
  void writingTheSameRowsAgainMakesTheSameClaim() {
    assertThat(write(2500)).isEqualTo(write(2500));
    assertThat(write(2500)).isNotEqualTo(write(2501));
  }

  @Test
  void aClaimOfWhichAChunkWasRemovedSaysSo() {
    Claim made = write(1500);
    store.delete(made.id(), made.chunks(), Instant.now());

    assertThatThrownBy(
            () -> ClaimReader.open(store, made, Instant.EPOCH, RowForm.STRUCTS).hasNext())
        .isInstanceOfSatisfying(
            ClaimException.class,
            e -> assertThat(e.reason()).isEqualTo(ClaimException.Reason.MISSING))
        .hasMessageContaining(made.id())
        .hasMessageContaining("deposited 1970-01-01T00:00:00Z")
        .hasMessageContaining("days ago")
        .hasMessageContaining("snapshot");
  }

  @Test
  void aClaimWithADamagedChunkSaysSo() {
    Claim made = write(1500);
    byte[] chunk = get(made.id(), 1);
    chunk[chunk.length / 2]++;
    put(made.id(), 1, chunk);

    try (ClaimReader reader = ClaimReader.open(store, made)) {
      assertThatThrownBy(() -> reader.forEachRemaining(row -> {}))
          .isInstanceOfSatisfying(
              ClaimException.class,
              e -> assertThat(e.reason()).isEqualTo(ClaimException.Reason.DAMAGED))
          .hasMessageContaining("chunk 1")
          .hasMessageContaining("snapshot");
    }
  }

  @Test
  void aChunkOfAnotherClaimIsForeign() {
    Claim made = write(1500);
    Claim other = write(1500, new Position("e1", 8));
    assertThat(other.id()).isNotEqualTo(made.id());

    put(made.id(), 1, get(other.id(), 1));
    put(other.id(), 0, get(made.id(), 0));

    assertForeign(made);
    assertForeign(other);
  }

  private void assertForeign(Claim made) {
    try (ClaimReader reader = ClaimReader.open(store, made)) {
      assertThatThrownBy(() -> reader.forEachRemaining(row -> {}))
          .isInstanceOfSatisfying(
              ClaimException.class,
              e -> assertThat(e.reason()).isEqualTo(ClaimException.Reason.FOREIGN));
    }
  }

  @Test
  void aClaimOfAnotherKindOfStoreIsForeign() {
    Claim made = new Claim("elsewhere", claim, 1, 1, 1, 1);

    assertThatThrownBy(() -> ClaimReader.open(store, made))
        .isInstanceOf(ClaimException.class)
        .hasMessageContaining("elsewhere")
        .hasMessageContaining(store.name());
  }

  private Claim write(int rows) {
    return write(rows, ORIGIN.position());
  }

  private Claim write(int rows, Position position) {
    ClaimWriter writer = new ClaimWriter(store, new ChunkLimit(1000, 1 << 20));
    writer.next(
        RowFormat.of(ROW),
        new Origin(ORIGIN.topic(), ORIGIN.kind(), position, ORIGIN.table(), ORIGIN.key()));
    for (int i = 0; i < rows; i++) {
      writer.add(row(i));
    }
    return writer.finish();
  }

  private static Struct row(long id) {
    return new Struct(ROW).put("op", "c").put("id", id);
  }

  private void put(String id, int chunk, byte[] bytes) {
    Stages.await(store.put(id, chunk, bytes));
  }

  private byte[] get(String id, int chunk) {
    return Stages.await(store.get(id, chunk));
  }

  private StoredClaim listed(String id) {
    return store.list().stream().filter(stored -> stored.id().equals(id)).findFirst().orElse(null);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random().nextBytes(bytes);
    return bytes;
  }
}
