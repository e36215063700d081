package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Cassandra;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Units that are too large for Kafka, from a source to replicas, through a worker with a heap of
 * 256 MB; configured by the files in {@code connector-configs/}.
 */
class ClaimCheckIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int ROWS = 20_000;
  private static final String TABLE =
      "CREATE TABLE prices (id INTEGER PRIMARY KEY, version INTEGER, name TEXT)";
  private static final String SUMMARY =
      "SELECT count(*), min(version), max(version), sum(length(name)) FROM prices";

  @TempDir static Path shared;
  private static Broker broker;
  private static Worker worker;
  private static Chain chain;
  private static Stack stack;
  private static Cassandra cassandra;

  @TempDir Path directory;

  @BeforeAll
  static void start() {
    cassandra = Cassandra.onFreePorts(Chain.CHECKOUT.cassandra(), shared.resolve("cassandra"));
    cassandra.start();
    broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), shared.resolve("kafka"));
    List<Path> plugins = new ArrayList<>(Chain.CHECKOUT.plugins());
    plugins.add(Path.of("target/test-plugins").toAbsolutePath());
    worker =
        new Worker(
            WorkerSettings.of(Chain.CHECKOUT.worker(), plugins)
                .withHeapMegabytes(256)
                .with("offset.flush.interval.ms", "1000"),
            shared.resolve("connect"),
            broker.bootstrapServers());
    stack = Stack.start(broker, worker);
    chain = Chain.over(stack);
    cassandra.awaitReady();
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
    if (cassandra.alive()) {
      cassandra.kill();
    }
  }

  @AfterEach
  void end() {
    chain.end(chain.connect().connectors().toArray(String[]::new));
  }

  @Test
  void unitsOf20000RowsAreOneRecordEachAndGoThroughADirectory() throws Exception {
    replicates("file");
    assertThat(chunks(claims())).isEqualTo(2 * ROWS / 1000);
  }

  @Test
  void unitsOf20000RowsAreOneRecordEachAndGoThroughCassandra() throws Exception {
    replicates("cassandra");
  }

  private void replicates(String store) throws Exception {
    Path source = table(ROWS);
    Path replica = directory.resolve("replica.db");
    source(store, store, source);
    sink(store, store + "-sink", store, replica);
    awaitSame(source, replica);

    Chain.run(source, "UPDATE prices SET version = 2");
    awaitSame(source, replica);
    Chain.run(
        source,
        "UPDATE prices SET version = 3 WHERE id <= 10",
        "DELETE FROM prices WHERE id > 19990");
    awaitSame(source, replica);

    Chain.awaitEqual(source, replica);
    assertThat(records(store + ".prices")).isEqualTo(3);
  }

  @Test
  void withOneTopicATransactionOverSeveralTablesIsOneRecordAndOneTransaction() throws Exception {
    Path source = table(ROWS);
    Chain.run(
        source,
        "CREATE TABLE stock (id INTEGER PRIMARY KEY, version INTEGER, left INTEGER)",
        "INSERT INTO stock SELECT id, version, id % 7 FROM prices");
    Path replica = directory.resolve("replica.db");
    source("file", "together", source, "topic.layout", "source");
    sink("file", "together-sink", "together", replica, "topics.regex", "together");
    Chain.awaitEqual(source, replica);
    long before = records("together");

    Chain.run(source, "UPDATE prices SET version = 2", "UPDATE stock SET version = 2");
    Chain.awaitEqual(source, replica);
    assertThat(records("together")).isEqualTo(before + 1);
  }

  @Test
  void aUnitIsOneKafkaTransactionWhereExactlyOnceIsRequired() throws Exception {
    Path source = table(ROWS);
    Path replica = directory.resolve("replica.db");
    source(
        "file",
        "eosclaim",
        source,
        "exactly.once.support",
        "required",
        "transaction.boundary",
        "connector");
    sink("file", "eosclaim-sink", "eosclaim", replica);
    awaitSame(source, replica);
    Chain.run(source, "UPDATE prices SET version = 2");
    awaitSame(source, replica);
  }

  @Test
  void anExpiredClaimIsRepairedByASnapshotThatTheSinkAsksFor() throws Exception {
    Path source = table(ROWS);
    Path replica = directory.resolve("replica.db");
    source("file", "expired", source);
    sink("file", "expired-sink", "expired", replica);
    awaitSame(source, replica);
    chain.end("expired-sink");

    Chain.run(source, "UPDATE prices SET version = 2");
    Await.until("the bulk change in Kafka", LIMIT, () -> records("expired.prices") == 2);
    Chain.run(source, "UPDATE prices SET version = 3 WHERE id = 1");
    Await.until("the small change in Kafka", LIMIT, () -> records("expired.prices") == 3);
    removeChunks();
    sink("file", "expired-sink", "expired", replica);

    awaitSame(source, replica);
    Chain.awaitEqual(source, replica);
    assertThat(records("expired.signal")).isEqualTo(1);
  }

  @Test
  void withoutSignalsAnExpiredClaimStopsTheTaskAndSaysWhatToDo() throws Exception {
    Path source = table(ROWS);
    Path replica = directory.resolve("replica.db");
    source("file", "lost", source);
    Await.until("the snapshot in Kafka", LIMIT, () -> records("lost.prices") == 1);
    removeChunks();
    sink("file", "lost-sink", "lost", replica, "claim.expired", "fail");

    assertThat(chain.connect().awaitFailed("lost-sink", LIMIT))
        .contains("lost.prices")
        .contains("20000 rows")
        .contains("claim.expired=snapshot");
    assertThat(Chain.rows(replica, "SELECT * FROM prices")).isEmpty();
  }

  @Test
  void aSignalOnTheTopicDoesWhatTheSignalTableDoes() throws Exception {
    Path source = table(1_500);
    Path replica = directory.resolve("replica.db");
    source("file", "asked", source);
    sink("file", "asked-sink", "asked", replica);
    awaitSame(source, replica);
    Chain.run(replica, "UPDATE prices SET name = 'spoilt' WHERE id = 7");

    send("asked.signal", "nonsense", "{\"action\": \"snapshot\", \"table_name\": \"prices\"}");

    Chain.awaitEqual(source, replica);
  }

  @Test
  void otherSinksGetTheRowsBack() throws Exception {
    Path source = table(2_500);
    Path text = directory.resolve("prices.txt");
    source("file", "redeemed", source);
    chain.sink(
        "file-sink-claim-check-redeem",
        "redeemed-sink",
        "redeemed.prices",
        text,
        "topics",
        "redeemed.prices",
        "file",
        text.toString(),
        "transforms.redeem.file.directory",
        claims().toString());

    Await.until(
        "the rows in the file",
        LIMIT,
        () -> Files.exists(text) && read(text).contains("Struct{id=2500,"));
    assertThat(read(text).lines()).hasSize(1);
  }

  @Test
  void aMillionRowsInOneTransactionFitAHeapOf256Megabytes() throws Exception {
    Path source = table(1_000_000);
    Path replica = directory.resolve("replica.db");
    long begin = System.nanoTime();
    source("file", "million", source);
    sink("file", "million-sink", "million", replica);
    awaitSame(source, replica);
    double snapshot = (System.nanoTime() - begin) / 1e9;

    Chain.run(source, "UPDATE prices SET version = 2");
    begin = System.nanoTime();
    awaitSame(source, replica);
    System.out.printf(
        "1,000,000 rows with a heap of 256 MB: snapshot %.0f s, one transaction %.0f s%n",
        snapshot, (System.nanoTime() - begin) / 1e9);
    assertThat(records("million.prices")).isEqualTo(2);
  }

  /** Every transaction gives all rows one new version, so two versions at once are a torn unit. */
  @Test
  void killedWorkersStoresAndBrokersTearNothingAndLoseNothing() throws Exception {
    Random random = new Random(20_261_121);
    Path source = table(5_000);
    Path replica = directory.resolve("replica.db");
    Chain.run(replica, "PRAGMA user_version = 1");
    source("cassandra", "killed", source);
    sink("cassandra", "killed-sink", "killed", replica);
    awaitSame(source, replica);
    ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();
    AtomicBoolean running = new AtomicBoolean(true);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> reader = threads.submit(() -> look(replica, running, torn));
      Future<?> writer = threads.submit(() -> write(source, running));
      for (int i = 0; i < 6; i++) {
        TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(3_000));
        switch (i % 3) {
          case 0 -> {
            worker.kill();
            worker.start();
            worker.awaitReady();
          }
          case 1 -> {
            cassandra.kill();
            TimeUnit.MILLISECONDS.sleep(random.nextInt(2_000));
            cassandra.start();
            cassandra.awaitReady();
          }
          default -> {
            broker.kill();
            broker.start();
            broker.awaitReady();
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
    awaitSame(source, replica);
    assertThat(torn).isEmpty();
  }

  private static Void write(Path source, AtomicBoolean running) throws Exception {
    for (int version = 2; running.get(); version++) {
      Chain.run(source, "UPDATE prices SET version = " + version);
      TimeUnit.MILLISECONDS.sleep(200);
    }
    return null;
  }

  private static Void look(Path replica, AtomicBoolean running, ConcurrentLinkedQueue<String> torn)
      throws Exception {
    while (running.get()) {
      List<String> seen =
          Chain.rows(replica, "SELECT count(*), min(version), max(version) FROM prices");
      for (String row : seen) {
        String[] values = row.split("\\|");
        if (!values[0].equals("5000") || !values[1].equals(values[2])) {
          torn.add(row);
        }
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    return null;
  }

  private Path claims() {
    return directory.resolve("claims");
  }

  private void source(String store, String name, Path database, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("signal.kafka.bootstrap.servers", broker.bootstrapServers()));
    settings.addAll(store(store, "transforms.deposit."));
    if (store.equals("cassandra")) {
      settings.addAll(List.of("transforms.deposit.cassandra.auto.create", "true"));
      settings.addAll(List.of("transforms.deposit.cassandra.replication.factor", "1"));
    }
    chain.source(
        store.equals("file") ? "sqlite-source-claim-check" : "sqlite-source-claim-check-cassandra",
        name,
        database,
        settings.toArray(String[]::new));
  }

  private void sink(String store, String name, String source, Path database, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("signal.kafka.bootstrap.servers", broker.bootstrapServers()));
    settings.addAll(store(store, "claim."));
    chain.sink(
        store.equals("file") ? "sqlite-sink-claim-check" : "sqlite-sink-claim-check-cassandra",
        name,
        source,
        database,
        settings.toArray(String[]::new));
  }

  private List<String> store(String store, String prefix) {
    return store.equals("file")
        ? List.of(prefix + "file.directory", claims().toString())
        : List.of(prefix + "cassandra.contact.points", cassandra.contactPoint());
  }

  private Path table(int rows) throws SQLException {
    Path source = directory.resolve("source.db");
    Chain.run(source, TABLE);
    try (Connection connection = Bank.open(source);
        PreparedStatement insert =
            connection.prepareStatement(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
                    + " INSERT INTO prices SELECT i, 1, 'the name of row ' || i FROM n")) {
      insert.setInt(1, rows);
      insert.executeUpdate();
    }
    return source;
  }

  private static void awaitSame(Path source, Path replica) {
    Await.until(
        LIMIT,
        () -> Chain.rows(replica, SUMMARY).equals(Chain.rows(source, SUMMARY)),
        () ->
            "The replica has "
                + Chain.rows(replica, SUMMARY)
                + ", its source "
                + Chain.rows(source, SUMMARY));
  }

  /** How many records a reader of partition 0 sees. */
  private static int records(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "isolation.level",
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      int records = 0;
      while (consumer.position(partition) < end) {
        records += consumer.poll(Duration.ofMillis(100)).count();
      }
      return records;
    }
  }

  private static void send(String topic, String... values) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String value : values) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(topic, bytes)).get();
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int chunks(Path claims) throws IOException {
    try (Stream<Path> files = Files.walk(claims)) {
      return (int) files.filter(file -> file.toString().endsWith(".avro")).count();
    }
  }

  private void removeChunks() throws IOException {
    List<Path> chunks;
    try (Stream<Path> files = Files.walk(claims())) {
      chunks = files.filter(file -> file.toString().endsWith(".avro")).toList();
    }
    for (Path chunk : chunks) {
      Files.delete(chunk);
    }
  }
}
