package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
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
    AtomicBoolean running = new AtomicBoolean(true);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (TornReads torn = new TornReads(replica, 5_000)) {
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
      ClaimChain.awaitSame(source, replica);
      assertThat(torn.seen()).isEmpty();
    } finally {
      running.set(false);
      threads.shutdownNow();
    }
  }

  private static Void write(Path source, AtomicBoolean running) throws Exception {
    for (int version = 2; running.get(); version++) {
      Chain.run(source, "UPDATE prices SET version = " + version);
      TimeUnit.MILLISECONDS.sleep(200);
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
