package io.distributary.it;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Cassandra;
import io.distributary.quickstart.launcher.ConnectClient;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * A chain with a claim check: a broker, a worker with a heap of 256 MB and a Cassandra, which serve
 * all tests of a run and end with the JVM; and a test's own directory, where its claims are.
 */
final class ClaimChain {
  static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String TABLE =
      "CREATE TABLE prices (id INTEGER PRIMARY KEY, version INTEGER, name TEXT)";
  private static final String SUMMARY =
      "SELECT count(*), min(version), max(version), sum(length(name)) FROM prices";
  private static Servers servers;

  private final Servers own;
  private final Path directory;

  private record Servers(Broker broker, Worker worker, Cassandra cassandra, Stack stack, Tls tls) {
    static Servers start() throws IOException, InterruptedException {
      Path directory =
          Files.createTempDirectory(
              Chain.CHECKOUT.root().resolve("integration-tests/target"), "claim-chain");
      Cassandra cassandra =
          Cassandra.onFreePorts(Chain.CHECKOUT.cassandra(), directory.resolve("cassandra"));
      cassandra.start();
      Broker broker = Broker.onFreePorts(Chain.CHECKOUT.broker(), directory.resolve("kafka"));
      List<Path> plugins = new ArrayList<>(Chain.CHECKOUT.plugins());
      plugins.add(Path.of("target/test-plugins").toAbsolutePath());
      Tls tls = Tls.in(directory);
      Worker worker =
          new Worker(
              tls.listening(WorkerSettings.of(Chain.CHECKOUT.worker(), plugins))
                  .withHeapMegabytes(256)
                  .with("offset.flush.interval.ms", "1000"),
              directory.resolve("connect"),
              broker.bootstrapServers());
      Stack stack = Stack.start(broker, worker);
      cassandra.awaitReady();
      return new Servers(broker, worker, cassandra, stack, tls);
    }

    void close() {
      stack.close();
      if (cassandra.alive()) {
        cassandra.kill();
      }
    }
  }

  /** The worker's second listener, for TLS. */
  private record Tls(URI url, Certificates certificates) {
    static Tls in(Path directory) throws IOException, InterruptedException {
      try (ServerSocket free = new ServerSocket(0)) {
        return new Tls(
            URI.create("https://127.0.0.1:" + free.getLocalPort()),
            Certificates.of("worker", directory));
      }
    }

    WorkerSettings listening(WorkerSettings settings) {
      return settings
          .with("listeners", "http://127.0.0.1:" + settings.port() + "," + url)
          .with("rest.advertised.listener", "http")
          .with("listeners.https.ssl.keystore.type", "PKCS12")
          .with("listeners.https.ssl.keystore.location", certificates.keystore().toString())
          .with("listeners.https.ssl.keystore.password", Certificates.PASSWORD)
          .with("listeners.https.ssl.key.password", Certificates.PASSWORD);
    }
  }

  private ClaimChain(Servers own, Path directory) {
    this.own = own;
    this.directory = directory;
  }

  /** The chain for a test; the first to ask starts it. */
  static synchronized ClaimChain in(Path directory) throws IOException, InterruptedException {
    if (servers == null) {
      servers = Servers.start();
      Runtime.getRuntime().addShutdownHook(new Thread(servers::close));
    }
    return new ClaimChain(servers, directory);
  }

  Broker broker() {
    return own.broker;
  }

  Worker worker() {
    return own.worker;
  }

  /** Where the worker listens by TLS. */
  URI tlsUrl() {
    return own.tls.url;
  }

  /** The worker's certificate. */
  Certificates certificates() {
    return own.tls.certificates;
  }

  Cassandra cassandra() {
    return own.cassandra;
  }

  /** For connectors of other kinds. */
  Chain connectors() {
    return Chain.over(own.stack);
  }

  ConnectClient connect() {
    return own.stack.connect();
  }

  /** Ends all connectors, when their tasks have let go of their files. */
  void end() {
    List<String> names = connect().connectors();
    names.forEach(connect()::stop);
    names.forEach(name -> connect().awaitState(name, "STOPPED", LIMIT));
    connectors().end(names.toArray(String[]::new));
  }

  /** Where the claims of a file store are. */
  Path claims() {
    return directory.resolve("claims");
  }

  void source(String store, String name, Path database, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("signal.kafka.bootstrap.servers", own.broker.bootstrapServers()));
    settings.addAll(store(store, "transforms.deposit."));
    if (store.equals("cassandra")) {
      settings.addAll(List.of("transforms.deposit.cassandra.auto.create", "true"));
      settings.addAll(List.of("transforms.deposit.cassandra.replication.factor", "1"));
    }
    connectors()
        .source(
            store.equals("file")
                ? "sqlite-source-claim-check"
                : "sqlite-source-claim-check-cassandra",
            name,
            database,
            settings.toArray(String[]::new));
  }

  void sink(String store, String name, String source, Path database, String... more) {
    List<String> settings = new ArrayList<>(List.of(more));
    settings.addAll(List.of("signal.kafka.bootstrap.servers", own.broker.bootstrapServers()));
    settings.addAll(store(store, "claim."));
    connectors()
        .sink(
            store.equals("file") ? "sqlite-sink-claim-check" : "sqlite-sink-claim-check-cassandra",
            name,
            source,
            database,
            settings.toArray(String[]::new));
  }

  private List<String> store(String store, String prefix) {
    return store.equals("file")
        ? List.of(prefix + "file.directory", claims().toString())
        : List.of(prefix + "cassandra.contact.points", own.cassandra.contactPoint());
  }

  Path table(int rows) throws SQLException {
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

  static void awaitSame(Path source, Path replica) {
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
  int records(String topic) {
    return connectors().records(topic);
  }

  void send(String topic, String... values) throws Exception {
    for (String value : values) {
      connectors().send(topic, value);
    }
  }

  static int chunks(Path claims) throws IOException {
    try (Stream<Path> files = Files.walk(claims)) {
      return (int) files.filter(file -> file.toString().endsWith(".avro")).count();
    }
  }

  /** Removes the records of partition 0 before an offset. */
  void removeRecords(String topic, long before) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", own.broker.bootstrapServers()))) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  /** How many claims of a topic are in Cassandra. */
  long claimsInCassandra(String topic) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    Map<String, String> config =
        Map.of(
            "store",
            "cassandra",
            "cassandra.contact.points",
            own.cassandra.contactPoint(),
            "cassandra.local.datacenter",
            Cassandra.DATACENTER);
    try (ClaimStore store = ClaimStores.open(new AbstractConfig(definition, config, false), "")) {
      return store.list().stream().filter(claim -> claim.id().startsWith(topic + "-")).count();
    }
  }

  /** Of the only claim. */
  void removeLastChunk() throws IOException {
    try (Stream<Path> files = Files.walk(claims())) {
      Files.delete(
          files
              .filter(file -> file.toString().endsWith(".avro"))
              .max(Comparator.naturalOrder())
              .orElseThrow());
    }
  }

  void removeChunks() throws IOException {
    List<Path> chunks;
    try (Stream<Path> files = Files.walk(claims())) {
      chunks = files.filter(file -> file.toString().endsWith(".avro")).toList();
    }
    for (Path chunk : chunks) {
      Files.delete(chunk);
    }
  }
}
