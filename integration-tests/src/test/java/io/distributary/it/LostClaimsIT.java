package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of sinks whose claims, or whose history, are gone. */
class LostClaimsIT {
  private static final Duration LIMIT = ClaimChain.LIMIT;
  private static final int ROWS = 20_000;

  @TempDir Path directory;
  private ClaimChain chain;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    chain = ClaimChain.in(directory);
  }

  @AfterEach
  void end() {
    chain.end();
  }

  @Test
  void anExpiredClaimIsRepairedByASnapshotThatTheSinkAsksFor() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "expired", source);
    chain.sink("file", "expired-sink", "expired", replica);
    ClaimChain.awaitSame(source, replica);
    chain.connectors().end("expired-sink");

    Chain.run(source, "UPDATE prices SET version = 2");
    Await.until("the bulk change in Kafka", LIMIT, () -> chain.records("expired.prices") == 2);
    Chain.run(source, "UPDATE prices SET version = 3 WHERE id = 1");
    Await.until("the small change in Kafka", LIMIT, () -> chain.records("expired.prices") == 3);
    chain.removeChunks();
    chain.sink("file", "expired-sink", "expired", replica);

    ClaimChain.awaitSame(source, replica);
    Chain.awaitEqual(source, replica);
    assertThat(chain.records("expired.signal")).isEqualTo(1);
  }

  @Test
  void withoutSignalsAnExpiredClaimStopsTheTaskAndSaysWhatToDo() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "lost", source);
    Await.until("the snapshot in Kafka", LIMIT, () -> chain.records("lost.prices") == 1);
    chain.removeLastChunk();
    chain.sink("file", "lost-sink", "lost", replica, "claim.expired", "fail");

    assertThat(chain.connect().awaitFailed("lost-sink", LIMIT))
        .contains("lost.prices")
        .contains("20000 rows")
        .contains("claim.expired=snapshot");
    assertThat(Chain.rows(replica, "SELECT * FROM prices")).isEmpty();
  }

  @Test
  void aClaimThatLivedTooShortStopsTheTaskAndNothingOfItIsApplied() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    expireWhilePaused("shortlived", source, replica, "fail");
    chain.connect().resume("shortlived-sink");

    String error = chain.connect().awaitFailed("shortlived-sink", LIMIT);

    assertThat(error)
        .containsPattern("Claim shortlived\\.prices-[0-9a-f]{32} \\(20000 rows in 20 chunks")
        .containsPattern("deposited 20\\S+Z, \\d+ minutes ago")
        .contains("is not in the store: it expired or was removed")
        .contains("A snapshot of the table repairs it")
        .contains("claim.expired=snapshot");
    assertThat(versions(replica)).as("the snapshot as it was").containsExactly("20000|1|1");
  }

  @Test
  void aClaimThatLivedTooShortIsRepairedByItselfAndNothingOfItIsEverSeen() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    Chain.run(replica, "PRAGMA user_version = 1");
    expireWhilePaused("healed", source, replica, "snapshot");
    try (TornReads torn = new TornReads(replica, ROWS)) {
      chain.connect().resume("healed-sink");
      ClaimChain.awaitSame(source, replica);
      assertThat(torn.seen()).isEmpty();
    }

    assertThat(versions(replica)).containsExactly("20000|2|2");
    assertThat(chain.records("healed.signal")).isEqualTo(1);
  }

  /** Lets a bulk change expire in Cassandra before a sink, left paused, that has the snapshot. */
  private void expireWhilePaused(String name, Path source, Path replica, String expired)
      throws Exception {
    chain.source("cassandra", name, source);
    chain.sink("cassandra", name + "-sink", name, replica, "claim.expired", expired);
    ClaimChain.awaitSame(source, replica);
    chain.connect().pause(name + "-sink");
    chain.connect().awaitState(name + "-sink", "PAUSED", LIMIT);
    chain.connectors().end(name);
    Chain.run(source, "UPDATE prices SET version = 2");
    chain.source("cassandra", name, source, "transforms.deposit.cassandra.ttl.seconds", "2");
    Await.until("the bulk change in Kafka", LIMIT, () -> chain.records(name + ".prices") == 2);
    chain.connectors().end(name); // so that what it is asked for next lives long enough
    chain.source("cassandra", name, source);
    Await.until("expiry", LIMIT, () -> chain.claimsInCassandra(name + ".prices") == 1);
    assertThat(versions(replica)).containsExactly("20000|1|1");
  }

  @Test
  void aNewSinkThatFindsNoHistoryAsksForASnapshot() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "late", source);
    Await.until("the snapshot in Kafka", LIMIT, () -> chain.records("late.prices") == 1);
    Chain.run(source, "UPDATE prices SET version = 2 WHERE id <= 10");
    Await.until("the change in Kafka", LIMIT, () -> chain.records("late.prices") == 2);
    chain.removeRecords("late.prices", 1); // as retention does

    chain.sink("file", "late-sink", "late", replica);

    ClaimChain.awaitSame(source, replica);
    assertThat(chain.records("late.signal")).isEqualTo(1);
  }

  private static List<String> versions(Path replica) {
    return Chain.rows(replica, TornReads.VERSIONS);
  }
}
