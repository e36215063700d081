package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Units that are too large for Kafka, from a source to replicas, through a worker with a heap of
 * 256 MB; configured by the files in {@code connector-configs/}.
 */
class ClaimCheckIT {
  private static final Duration LIMIT = ClaimChain.LIMIT;
  private static final int ROWS = 20_000;
  private static final String VERSIONS = "SELECT count(*), min(version), max(version) FROM prices";

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
  void unitsOf20000RowsAreOneRecordEachAndGoThroughADirectory() throws Exception {
    replicates("file");
    assertThat(ClaimChain.chunks(chain.claims())).isEqualTo(2 * ROWS / 1000);
  }

  @Test
  void unitsOf20000RowsAreOneRecordEachAndGoThroughCassandra() throws Exception {
    replicates("cassandra");
  }

  private void replicates(String store) throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source(store, store, source);
    chain.sink(store, store + "-sink", store, replica);
    ClaimChain.awaitSame(source, replica);

    Chain.run(source, "UPDATE prices SET version = 2");
    ClaimChain.awaitSame(source, replica);
    Chain.run(
        source,
        "UPDATE prices SET version = 3 WHERE id <= 10",
        "DELETE FROM prices WHERE id > 19990");
    ClaimChain.awaitSame(source, replica);

    Chain.awaitEqual(source, replica);
    assertThat(chain.records(store + ".prices")).isEqualTo(3);
  }

  @Test
  void withOneTopicATransactionOverSeveralTablesIsOneRecordAndOneTransaction() throws Exception {
    Path source = chain.table(ROWS);
    Chain.run(
        source,
        "CREATE TABLE stock (id INTEGER PRIMARY KEY, version INTEGER, left INTEGER)",
        "INSERT INTO stock SELECT id, version, id % 7 FROM prices");
    Path replica = directory.resolve("replica.db");
    chain.source("file", "together", source, "topic.layout", "source");
    chain.sink("file", "together-sink", "together", replica, "topics.regex", "together");
    Chain.awaitEqual(source, replica);
    long before = chain.records("together");

    Chain.run(source, "UPDATE prices SET version = 2", "UPDATE stock SET version = 2");
    Chain.awaitEqual(source, replica);
    assertThat(chain.records("together")).isEqualTo(before + 1);
  }

  @Test
  void aUnitIsOneKafkaTransactionWhereExactlyOnceIsRequired() throws Exception {
    Path source = chain.table(ROWS);
    Path replica = directory.resolve("replica.db");
    chain.source(
        "file",
        "eosclaim",
        source,
        "exactly.once.support",
        "required",
        "transaction.boundary",
        "connector");
    chain.sink("file", "eosclaim-sink", "eosclaim", replica);
    ClaimChain.awaitSame(source, replica);
    Chain.run(source, "UPDATE prices SET version = 2");
    ClaimChain.awaitSame(source, replica);
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
    ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();
    AtomicBoolean running = new AtomicBoolean(true);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      expireWhilePaused("healed", source, replica, "snapshot");
      Future<?> reader = threads.submit(() -> look(replica, ROWS, running, torn));
      ClaimChain.awaitSame(source, replica);
      running.set(false);
      reader.get();
    } finally {
      running.set(false);
      threads.shutdownNow();
    }

    assertThat(versions(replica)).containsExactly("20000|2|2");
    assertThat(chain.records("healed.signal")).isEqualTo(1);
    assertThat(torn).isEmpty();
  }

  /** Lets a bulk change expire in Cassandra before a sink that has the snapshot reads it. */
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
    chain.connect().resume(name + "-sink");
  }

  private static List<String> versions(Path replica) {
    return Chain.rows(replica, VERSIONS);
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

  @Test
  void aSignalOnTheTopicDoesWhatTheSignalTableDoes() throws Exception {
    Path source = chain.table(1_500);
    Path replica = directory.resolve("replica.db");
    chain.source("file", "asked", source);
    chain.sink("file", "asked-sink", "asked", replica);
    ClaimChain.awaitSame(source, replica);
    Chain.run(replica, "UPDATE prices SET name = 'spoilt' WHERE id = 7");

    chain.send(
        "asked.signal", "nonsense", "{\"action\": \"snapshot\", \"table_name\": \"prices\"}");

    Chain.awaitEqual(source, replica);
  }

  @Test
  void otherSinksGetTheRowsBack() throws Exception {
    Path source = chain.table(2_500);
    Path text = directory.resolve("prices.txt");
    chain.source("file", "redeemed", source);
    chain
        .connectors()
        .sink(
            "file-sink-claim-check-redeem",
            "redeemed-sink",
            "redeemed.prices",
            text,
            "topics",
            "redeemed.prices",
            "file",
            text.toString(),
            "transforms.redeem.file.directory",
            chain.claims().toString());

    Await.until(
        "the rows in the file",
        LIMIT,
        () -> Files.exists(text) && read(text).contains("Struct{id=2500,"));
    assertThat(read(text).lines()).hasSize(1);
  }

  @Test
  void aMillionRowsInOneTransactionFitAHeapOf256Megabytes() throws Exception {
    Path source = chain.table(1_000_000);
    Path replica = directory.resolve("replica.db");
    long begin = System.nanoTime();
    chain.source("file", "million", source);
    chain.sink("file", "million-sink", "million", replica);
    ClaimChain.awaitSame(source, replica);
    double snapshot = (System.nanoTime() - begin) / 1e9;

    Chain.run(source, "UPDATE prices SET version = 2");
    begin = System.nanoTime();
    ClaimChain.awaitSame(source, replica);
    System.out.printf(
        "1,000,000 rows with a heap of 256 MB: snapshot %.0f s, one transaction %.0f s%n",
        snapshot, (System.nanoTime() - begin) / 1e9);
    assertThat(chain.records("million.prices")).isEqualTo(2);
  }

  /** Every transaction gives all rows one new version, so two versions at once are a torn unit. */
  @Test
  void killedWorkersStoresAndBrokersTearNothingAndLoseNothing() throws Exception {
    Random random = new Random(20_261_121);
    Path source = chain.table(5_000);
    Path replica = directory.resolve("replica.db");
    Chain.run(replica, "PRAGMA user_version = 1");
    chain.source("cassandra", "killed", source);
    chain.sink("cassandra", "killed-sink", "killed", replica);
    ClaimChain.awaitSame(source, replica);
    ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();
    AtomicBoolean running = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> reader = threads.submit(() -> look(replica, 5_000, running, torn));
      Future<?> writer = threads.submit(() -> write(source, running));
      for (int i = 0; i < 6; i++) {
        TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(3_000));
        switch (i % 3) {
          case 0 -> {
            chain.worker().kill();
            chain.worker().start();
            chain.worker().awaitReady();
          }
          case 1 -> {
            chain.cassandra().kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
            chain.cassandra().start();
            chain.cassandra().awaitReady();
          }
          default -> {
            chain.broker().kill();
            chain.broker().start();
            chain.broker().awaitReady();
          }
        }
      }
      running.set(false);
      writer.get();
      reader.get();
    } finally {
      running.set(false);
      threads.shutdownNow();
    }
    ClaimChain.awaitSame(source, replica);
    assertThat(torn).isEmpty();
  }

  private static Void write(Path source, AtomicBoolean running) throws Exception {
    for (int version = 2; running.get(); version++) {
      Chain.run(source, "UPDATE prices SET version = " + version);
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return null;
  }

  private static Void look(
      Path replica, int rows, AtomicBoolean running, ConcurrentLinkedQueue<String> torn)
      throws Exception {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement()) {
      String seen = "";
      while (running.get()) {
        String version = Bank.version(statement);
        if (!version.equals(seen)) {
          try (ResultSet row = statement.executeQuery(VERSIONS)) {
            row.next();
            if (row.getInt(1) != rows || row.getLong(2) != row.getLong(3)) {
              torn.add(row.getInt(1) + " rows, " + row.getLong(2) + " to " + row.getLong(3));
            }
          }
          seen = version;
        }
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
    return null;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
