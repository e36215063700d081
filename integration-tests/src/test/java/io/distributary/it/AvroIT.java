package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The whole chain in Avro, by the files in {@code connector-configs/}: the source runs in one
 * worker and the sink in another, so that what is read is only what stands in Kafka and in the
 * registry.
 */
class AvroIT {
  private static final String AVRO = "io.apicurio.registry.utils.converter.AvroConverter";
  private static final String TABLE =
      "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount INTEGER)";
  private static final String ROWS = "INSERT INTO prices VALUES (1, 10), (2, 20)";

  @TempDir static Path shared;
  private static Registry registry;
  private static Broker broker;
  private static Stack writing;
  private static Worker reader;
  private static Chain sources;
  private static Chain sinks;

  @TempDir Path directory;
  private Path source;
  private Path replica;

  @BeforeAll
  static void start() throws Exception {
    registry = Registry.start(shared);
    broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), shared.resolve("kafka"));
    writing = Stack.start(broker, worker("writing"));
    reader = worker("reading");
    reader.start();
    reader.awaitReady();
    sources = Chain.over(writing);
    sinks = Chain.over(new Stack(broker, reader));
    registry.awaitReady();
    registry.compatibility("BACKWARD");
  }

  private static Worker worker(String name) {
    List<Path> plugins = new ArrayList<>(Chain.CHECKOUT.plugins());
    plugins.add(ConverterPlugin.PATH);
    return new Worker(
        WorkerSettings.of(Chain.CHECKOUT.worker(), plugins)
            .withName(name)
            // Apicurio's converter names itself to no service loader.
            .with("plugin.discovery", "hybrid_warn")
            .with("offset.flush.interval.ms", "1000"),
        shared.resolve(name),
        broker.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    if (reader != null) {
      reader.close();
    }
    if (writing != null) {
      writing.close();
    }
    registry.close();
  }

  @BeforeEach
  void name() {
    source = directory.resolve("source.db");
    replica = directory.resolve("replica.db");
  }

  @AfterEach
  void end() {
    sinks.end(sinks.connect().connectors().toArray(String[]::new));
    sources.end(sources.connect().connectors().toArray(String[]::new));
  }

  @Test
  void transactionEventsKeepAReplica() throws Exception {
    oddShopIsReplicated("sqlite-source-avro-apicurio", "sqlite-sink-avro-apicurio", true);
  }

  @Test
  void rowEventsKeepAReplica() throws Exception {
    oddShopIsReplicated("sqlite-source-row-avro-apicurio", "sqlite-sink-row-avro-apicurio", true);
  }

  @Test
  void oneTopicForAllTablesKeepsAReplica() throws Exception {
    // Tables whose names would be one in Avro are refused for one topic; see the emitter's tests.
    oddShopIsReplicated(
        "sqlite-source-one-topic-avro-apicurio", "sqlite-sink-avro-apicurio", false);
  }

  private void oddShopIsReplicated(String sourceFile, String sinkFile, boolean topicPerTable)
      throws Exception {
    OddShop.make(source, topicPerTable);
    String name = "odd-" + sourceFile;
    source(sourceFile, name);
    if (topicPerTable) {
      sink(sinkFile, name);
    } else {
      sink(sinkFile, name, "topics.regex", name);
    }
    Chain.awaitEqual(source, replica);
    OddShop.change(source, topicPerTable);
    Chain.awaitEqual(source, replica);

    String topic = topicPerTable ? name + ".types" : name;
    List<ConsumerRecord<byte[], byte[]>> records = records(topic);
    assertThat(records).isNotEmpty();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.value() != null) {
        ByteBuffer value = ByteBuffer.wrap(record.value());
        assertThat(value.get()).isZero();
        assertThat(registry.schema(value.getInt()).path("namespace").asText())
            .startsWith(name.replace('-', '_'));
      }
    }
  }

  @Test
  void aUnitThatIsTooLargeIsAClaimInAvro() throws Exception {
    Chain.run(
        source,
        TABLE,
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)"
            + " INSERT INTO prices SELECT i, 10 * i FROM n");
    String claims = directory.resolve("claims").toString();
    source(
        "sqlite-source-avro-apicurio",
        "claimed",
        "transforms",
        "deposit",
        "transforms.deposit.type",
        "io.distributary.smt.ClaimCheckDeposit",
        "transforms.deposit.store",
        "file",
        "transforms.deposit.file.directory",
        claims);
    sink(
        "sqlite-sink-avro-apicurio",
        "claimed",
        "claim.store",
        "file",
        "claim.file.directory",
        claims);
    Chain.awaitEqual(source, replica);
    Chain.run(source, "UPDATE prices SET amount = amount + 1");
    Chain.awaitEqual(source, replica);

    List<ConsumerRecord<byte[], byte[]>> records = records("claimed.prices");
    assertThat(records).hasSize(2);
    Struct batch = read(records.get(1));
    assertThat(batch.get("rows")).isNull();
    assertThat(batch.getStruct("claim").getInt64("rows")).isEqualTo(2500);
    // A claim or the rows: the same schema, so nothing new had to be registered.
    assertThat(registry.versions("claimed.prices-value")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"row-", ""})
  void columnsThatAreAddedDroppedAndRenamedAreBackwardCompatible(String kind) throws Exception {
    Chain.run(source, TABLE, ROWS);
    String name = kind + "evolving";
    source("sqlite-source-" + kind + "avro-apicurio", name);
    sink("sqlite-sink-" + kind + "avro-apicurio", name);
    Chain.awaitEqual(source, replica);
    List<String> alterations =
        List.of(
            "ALTER TABLE prices ADD COLUMN note TEXT",
            "ALTER TABLE prices ADD COLUMN state TEXT NOT NULL DEFAULT 'new'",
            "ALTER TABLE prices RENAME COLUMN note TO remark",
            "ALTER TABLE prices DROP COLUMN remark");
    String subject = name + ".prices-value";
    int versions = registry.versions(subject);
    for (int i = 0; i < alterations.size(); i++) {
      Chain.run(source, alterations.get(i));
      Chain.run(source, "INSERT INTO prices (id, amount) VALUES (" + (10 + i) + ", 30)");
      Chain.awaitEqual(source, replica);
      assertThat(registry.versions(subject)).as(alterations.get(i)).isEqualTo(++versions);
    }
    if (!kind.isEmpty()) {
      assertThat(registry.versions(name + ".prices-key")).isEqualTo(1);
    }
  }

  @Test
  void aTypeThatChangesIncompatiblyStopsTheSourceWithTheRegistrysReasonAndLosesNothing()
      throws Exception {
    Chain.run(source, TABLE, ROWS);
    source("sqlite-source-row-avro-apicurio", "retyped");
    sink("sqlite-sink-row-avro-apicurio", "retyped");
    Chain.awaitEqual(source, replica);

    Chain.run(
        source,
        "DROP TABLE prices",
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount BLOB)",
        "INSERT INTO prices VALUES (1, x'01')");
    assertThat(sources.connect().awaitFailed("retyped", Chain.LIMIT))
        .contains("retyped.prices-value")
        .contains("Incompatible");

    registry.allowAnything("retyped.prices-value");
    sources.connect().restart("retyped");
    Chain.awaitRows(replica, "SELECT id, hex(amount) FROM prices", "1|01");
  }

  @Test
  void theRowThatATargetRefusesIsInTheDeadLetterQueueInAvro() throws Exception {
    Chain.run(source, TABLE, ROWS);
    Chain.run(
        replica,
        "CREATE TABLE prices (id INTEGER PRIMARY KEY, amount INTEGER CHECK (amount < 100))");
    source("sqlite-source-avro-apicurio", "refused");
    sink(
        "sqlite-sink-avro-apicurio",
        "refused",
        "errors.tolerance",
        "all",
        "errors.deadletterqueue.topic.name",
        "refused-letters",
        "errors.deadletterqueue.topic.replication.factor",
        "1",
        "errors.deadletterqueue.context.headers.enable",
        "true");
    Chain.awaitEqual(source, replica);
    Chain.run(
        source,
        "UPDATE prices SET amount = 100 WHERE id = 1",
        "UPDATE prices SET amount = 21 WHERE id = 2");
    Chain.awaitRows(replica, "SELECT * FROM prices ORDER BY id", "1|10", "2|21");

    Await.until("dead letter", Chain.LIMIT, () -> records("refused-letters").size() == 1);
    Struct batch = read(records("refused-letters").get(0));
    List<Struct> rows = batch.getArray("rows");
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).getStruct("after").get("amount")).isEqualTo(100L);
    // It is of the schema that its source registered.
    assertThat(registry.versions("refused.prices-value")).isEqualTo(1);
  }

  @Test
  void aRequestForASnapshotIsPlainJsonWhateverTheConverter() throws Exception {
    Chain.run(source, TABLE, ROWS);
    String servers = broker.bootstrapServers();
    source("sqlite-source-avro-apicurio", "asked", "signal.kafka.bootstrap.servers", servers);
    sink("sqlite-sink-avro-apicurio", "asked", "signal.kafka.bootstrap.servers", servers);
    Chain.awaitEqual(source, replica);
    sinks.end("asked-sink");
    // A replica whose history is lost asks for a snapshot.
    forget("asked.prices", records("asked.prices").size());
    replica = directory.resolve("another.db");
    sink("sqlite-sink-avro-apicurio", "asked", "signal.kafka.bootstrap.servers", servers);
    Chain.run(source, "UPDATE prices SET amount = 11 WHERE id = 1");
    Chain.awaitEqual(source, replica);

    List<ConsumerRecord<byte[], byte[]>> requests = records("asked.signal");
    assertThat(requests).isNotEmpty();
    assertThat(new ObjectMapper().readTree(requests.get(0).value()).path("action").asText())
        .isEqualTo("snapshot");
    assertThat(registry.subjects()).noneMatch(subject -> subject.contains("signal"));
  }

  private static void forget(String topic, long before) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  private void source(String file, String name, String... more) {
    sources.source(file, name, source, withRegistry(file, more));
  }

  private void sink(String file, String name, String... more) {
    sinks.sink(file, name + "-sink", name, replica, withRegistry(file, more));
  }

  private static String[] withRegistry(String file, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("value.converter.apicurio.registry.url", registry.url()));
    if (file.contains("-row-")) {
      settings.addAll(List.of("key.converter.apicurio.registry.url", registry.url()));
    }
    return settings.toArray(String[]::new);
  }

  /** What another consumer reads in a batch, in a third JVM. */
  private static Struct read(ConsumerRecord<byte[], byte[]> record) {
    Converter values = ConverterPlugin.of(AVRO);
    values.configure(
        Map.of(
            "apicurio.registry.url",
            registry.url(),
            "apicurio.registry.as-confluent",
            "true",
            "apicurio.registry.use-id",
            "contentId"),
        false);
    return (Struct) values.toConnectData(record.topic(), record.value()).value();
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }
}
