package io.distributary.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.ConnectClient;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A real broker and a real Connect worker, and connectors made of the files in {@code
 * connector-configs/}. One chain serves all tests of a run; it ends with the JVM.
 */
final class Chain {
  static final Checkout CHECKOUT = Checkout.around(Path.of(""));
  static final Duration LIMIT = Duration.ofSeconds(90);
  private static Chain shared;

  private final Stack stack;

  private Chain(Stack stack) {
    this.stack = stack;
  }

  /** The chain that all tests share; the first to ask starts it. */
  static synchronized Chain shared() throws IOException {
    if (shared == null) {
      Path directory =
          Files.createTempDirectory(CHECKOUT.root().resolve("integration-tests/target"), "chain");
      Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("kafka"));
      WorkerSettings settings =
          WorkerSettings.of(CHECKOUT.worker(), CHECKOUT.plugins())
              .with("offset.flush.interval.ms", "1000");
      Worker worker = new Worker(settings, directory.resolve("connect"), broker.bootstrapServers());
      shared = new Chain(Stack.start(broker, worker));
      Runtime.getRuntime().addShutdownHook(new Thread(shared.stack::close));
    }
    return shared;
  }

  /** A chain over a stack that the caller starts and ends. */
  static Chain over(Stack stack) {
    return new Chain(stack);
  }

  ConnectClient connect() {
    return stack.connect();
  }

  /** Where its broker is. */
  String bootstrapServers() {
    return stack.broker().bootstrapServers();
  }

  /** Writes a record without a key to a topic, and returns when Kafka has it. */
  void send(String topic, String value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(topic, bytes)).get();
    }
  }

  /** How many records a reader of committed transactions sees in partition 0. */
  int records(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers(), "isolation.level", "read_committed"),
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

  /**
   * A source connector of that file, which is also its name and topic prefix.
   *
   * @return once it runs
   */
  Chain source(String file, String name, Path database, String... settings) {
    Map<String, String> config = config(name, database, settings);
    config.putIfAbsent("topic.prefix", name);
    return put(file, name, config);
  }

  /** A sink connector of that file, fed by the source of that name; returns once it runs. */
  Chain sink(String file, String name, String source, Path database, String... settings) {
    Map<String, String> config = config(name, database, settings);
    if (file.contains("one-topic") || config.containsKey("topics")) {
      config.putIfAbsent("topics", source);
    } else {
      config.putIfAbsent("topics.regex", source + "\\.(?!signal$).*");
    }
    return put(file, name, config);
  }

  private Chain put(String file, String name, Map<String, String> config) {
    Path path = CHECKOUT.root().resolve("connector-configs").resolve(file + ".json");
    JsonNode answer = validate(path, config);
    if (answer.path("error_count").asInt() > 0) {
      throw new AssertionError(file + ": " + errors(answer));
    }
    connect().put(path, config);
    connect().awaitRunning(name, LIMIT);
    return this;
  }

  /** What Connect says of the file's configuration with some settings over it. */
  JsonNode validate(Path file, Map<String, String> settings) {
    try {
      JsonNode json = new ObjectMapper().readTree(file.toFile());
      Map<String, String> config = new TreeMap<>();
      json.required("config")
          .properties()
          .forEach(e -> config.put(e.getKey(), e.getValue().asText()));
      config.putAll(settings);
      return connect().validate(config.get("connector.class"), config);
    } catch (IOException e) {
      throw new IllegalStateException(file.toString(), e);
    }
  }

  /** The errors of a validation, by key. */
  static Map<String, String> errors(JsonNode validation) {
    Map<String, String> errors = new TreeMap<>();
    for (JsonNode config : validation.path("configs")) {
      JsonNode value = config.path("value");
      if (!value.path("errors").isEmpty()) {
        errors.put(value.path("name").asText(), value.path("errors").toString());
      }
    }
    return errors;
  }

  /** Ends connectors, so that they cost the tests to come nothing. */
  void end(String... connectors) {
    for (String connector : connectors) {
      connect().delete(connector);
    }
  }

  private static Map<String, String> config(String name, Path database, String... settings) {
    Map<String, String> config = new HashMap<>();
    config.put("name", name);
    config.put("connection.url", "jdbc:sqlite:" + database);
    for (int i = 0; i < settings.length; i += 2) {
      config.put(settings[i], settings[i + 1]);
    }
    return config;
  }

  /** Runs statements, in one transaction, in a database. */
  static void run(Path database, String... statements) throws SQLException {
    try (Connection connection = Bank.open(database);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String sql : statements) {
        statement.execute(sql);
      }
      connection.commit();
    }
  }

  /** The rows of a query, each as text; empty while the query fails, as for a missing table. */
  static List<String> rows(Path database, String query) {
    List<String> rows = new ArrayList<>();
    try (Connection connection = Bank.open(database);
        Statement statement = connection.createStatement();
        ResultSet results = statement.executeQuery(query)) {
      int width = results.getMetaData().getColumnCount();
      while (results.next()) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= width; i++) {
          row.append(i == 1 ? "" : "|").append(results.getString(i));
        }
        rows.add(row.toString());
      }
    } catch (SQLException e) {
      return List.of();
    }
    return rows;
  }

  /** Returns when a query's rows are those. */
  static void awaitRows(Path database, String query, String... expected) {
    Await.until(
        LIMIT,
        () -> rows(database, query).equals(List.of(expected)),
        () ->
            database.getFileName()
                + ": "
                + query
                + " gives "
                + rows(database, query)
                + ", not "
                + List.of(expected));
  }

  /** Returns when a replica has every table of the source with the same rows. */
  static void awaitEqual(Path source, Path replica) {
    Await.until(
        LIMIT,
        () -> difference(source, replica).isEmpty(),
        () -> "The replica still differs: " + difference(source, replica));
  }

  /** The source's tables whose content in the replica is another. */
  static String difference(Path source, Path replica) {
    if (!Files.exists(replica)) {
      return "no replica";
    }
    try (Connection from = DriverManager.getConnection("jdbc:sqlite:" + source);
        Connection to = DriverManager.getConnection("jdbc:sqlite:" + replica);
        Statement statement = from.createStatement()) {
      Map<String, List<String>> columns = new TreeMap<>();
      for (String table : tables(statement)) {
        columns.put(table, Content.columns(statement, table));
      }
      Map<String, Content> expected =
          Content.present(Content.read(from, columns), columns.keySet());
      Map<String, Content> actual = Content.present(Content.read(to, columns), columns.keySet());
      return columns.keySet().stream()
          .filter(table -> !Objects.equals(expected.get(table), actual.get(table)))
          .collect(Collectors.joining(", "));
    } catch (SQLException e) {
      return e.getMessage();
    }
  }

  private static List<String> tables(Statement statement) throws SQLException {
    List<String> tables = new ArrayList<>();
    try (ResultSet names =
        statement.executeQuery(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                + " AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'distributary_*'")) {
      while (names.next()) {
        tables.add(names.getString(1));
      }
    }
    return tables;
  }
}
