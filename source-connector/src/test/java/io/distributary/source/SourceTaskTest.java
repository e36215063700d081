package io.distributary.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The task over a real SQLite file, in a worker of a few lines. */
class SourceTaskTest {
  @TempDir Path directory;

  private final FakeWorker worker = new FakeWorker();
  private Connection writer;
  private DistributarySourceTask task;

  @BeforeEach
  void source() throws SQLException {
    writer = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("source.db"));
    sql("PRAGMA journal_mode = WAL");
    sql("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT)");
    sql("CREATE TABLE prices (id INTEGER PRIMARY KEY, cents INTEGER)");
    sql("INSERT INTO products VALUES (1, 'pen'), (2, 'ink')");
    sql("INSERT INTO prices VALUES (1, 150), (2, 990)");
  }

  @AfterEach
  void stop() throws SQLException {
    if (task != null) {
      task.stop();
    }
    writer.close();
  }

  @Test
  void aFirstStartSendsASnapshotOfEveryTable() throws Exception {
    start();
    Map<String, String> rows = latest(drain());
    assertThat(rows)
        .containsEntry("shop.products 1", "pen")
        .containsEntry("shop.products 2", "ink")
        .containsEntry("shop.prices 1", "150")
        .containsEntry("shop.prices 2", "990")
        .hasSize(4);
  }

  @Test
  void aRestartAfterEverythingWasStoredSendsNothingAgain() throws Exception {
    start();
    worker.store(drain());
    restart();
    assertThat(drain()).isEmpty();
    sql("UPDATE prices SET cents = 160 WHERE id = 1");
    assertThat(latest(drain())).containsOnlyKeys("shop.prices 1");
  }

  @Test
  void aRestartFromAnyRecordReadsWholeTransactionsAgain() throws Exception {
    start("topic.layout", "source", "batch.max.rows", "2");
    worker.store(drain());
    Map<String, Object> before = worker.stored();
    sql("BEGIN");
    sql("INSERT INTO products VALUES (3, 'pad'), (4, 'clip'), (5, 'tape')");
    sql("INSERT INTO prices VALUES (3, 300), (4, 40), (5, 500)");
    sql("COMMIT");
    List<SourceRecord> whole = drain();
    assertThat(whole).hasSize(6);

    for (int sent = 0; sent < whole.size(); sent++) {
      worker.resumeAt(before);
      worker.store(whole.subList(0, sent));
      restart("topic.layout", "source", "batch.max.rows", "2");
      List<SourceRecord> again = drain();
      assertThat(again).as("after %s of 6 records", sent).hasSize(6);
      assertThat(again).extracting(SourceTaskTest::place).isEqualTo(places(whole));
    }
    worker.store(whole);
    restart("topic.layout", "source", "batch.max.rows", "2");
    assertThat(drain()).isEmpty();
  }

  @Test
  void theLogIsKeptUntilItsOffsetIsStored() throws Exception {
    start();
    worker.store(drain());
    for (int i = 0; i < 20; i++) {
      sql("UPDATE prices SET cents = cents + 1 WHERE id = 1");
    }
    List<SourceRecord> sent = drain();
    task.commit(); // Connect flushed, but what was sent was not yet acknowledged
    task.poll();
    restart();
    assertThat(latest(drain())).as("still there to be read").containsEntry("shop.prices 1", "170");

    worker.store(sent);
    worker.store(drain());
    task.commit();
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (logRows() > 1 && System.nanoTime() < deadline) {
      task.poll();
    }
    assertThat(logRows()).as("rows of the log behind what is stored").isLessThanOrEqualTo(1);
  }

  @Test
  void aKafkaTransactionEndsWithTheSourcesTransaction() throws Exception {
    worker.transactional();
    start("exactly.once.support", "required", "transaction.boundary", "connector");
    drain();
    worker.ends.clear();
    sql("BEGIN");
    sql("DELETE FROM products WHERE id = 1");
    sql("DELETE FROM prices WHERE id = 1");
    sql("COMMIT");
    List<SourceRecord> records = drain();
    assertThat(records).as("two deletes, two tombstones").hasSize(4);
    assertThat(worker.ends).containsExactly(records.get(3));
  }

  @Test
  void aSnapshotIsCommittedSliceBySliceSoThatNoKafkaTransactionTimesOut() throws Exception {
    worker.transactional();
    start("table.include.list", "products", "batch.max.rows", "1");
    List<SourceRecord> records = drain();
    assertThat(records).hasSize(2);
    assertThat(worker.ends).containsExactlyElementsOf(records);
    assertThat(records.get(0).sourceOffset()).isNotEqualTo(records.get(1).sourceOffset());
  }

  @Test
  void exactlyOnceIsRefusedOnAWorkerWithoutTransactions() {
    assertThatThrownBy(
            () -> start("exactly.once.support", "required", "transaction.boundary", "connector"))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("exactly.once.source.support=enabled")
        .hasMessageContaining("transaction.boundary=connector");
  }

  @Test
  void anOffsetOfAnUnknownHistoryLeadsToNewSnapshots() throws Exception {
    start();
    worker.store(drain());
    Map<String, Object> forged = new HashMap<>(worker.stored());
    forged.put("nonce", "made up");
    worker.resumeAt(forged);
    restart();
    List<SourceRecord> again = drain();
    assertThat(latest(again)).hasSize(4);
    assertThat(again).extracting(r -> source(r).getString("snapshot")).containsOnly("true");
  }

  @Test
  void aResetOffsetLeadsToNewSnapshots() throws Exception {
    start();
    worker.store(drain());
    worker.resumeAt(null);
    restart();
    assertThat(latest(drain())).hasSize(4);
  }

  @Test
  void anEmptyTableIsATruncationSoThatReplicasKnow() throws Exception {
    start();
    worker.store(drain());
    sql("CREATE TABLE stores (id INTEGER PRIMARY KEY)");
    List<SourceRecord> records = drain();
    assertThat(records).hasSize(1);
    assertThat(((Struct) records.get(0).value()).getString("op")).isEqualTo("t");
    assertThat(source(records.get(0)).getBoolean("last")).isTrue();
  }

  @Test
  void tablesThatWouldShareATopicStopTheTaskAtItsStart() throws Exception {
    sql("CREATE TABLE \"a b\" (id INTEGER PRIMARY KEY)");
    sql("CREATE TABLE a_b (id INTEGER PRIMARY KEY)");
    assertThatThrownBy(this::start)
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("shop.a_b");
  }

  @Test
  void metricsAreThereFromStartToStop() throws Exception {
    start("name", "shop-source");
    drain();
    sql("UPDATE prices SET cents = 1 WHERE id = 2");
    drain();
    ObjectName name = new ObjectName("io.distributary:type=source,name=\"shop-source\"");
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    assertThat(server.getAttribute(name, "RowsEmitted")).isEqualTo(5L);
    assertThat((Long) server.getAttribute(name, "LastLsn")).isPositive();
    assertThat(server.getAttribute(name, "Epoch").toString()).isNotEmpty();
    task.stop();
    task = null;
    assertThat(server.isRegistered(name)).isFalse();
  }

  @Test
  void aStoppedTaskLeavesTheDatabaseToOthers() throws Exception {
    start();
    drain();
    task.stop();
    task = null;
    sql("BEGIN EXCLUSIVE");
    sql("COMMIT");
  }

  private void start(String... settings) {
    Map<String, String> all = new HashMap<>();
    all.put("connection.url", "jdbc:sqlite:" + directory.resolve("source.db"));
    all.put("topic.prefix", "shop");
    all.put("poll.interval.ms", "1");
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i], settings[i + 1]);
    }
    task = new DistributarySourceTask();
    task.initialize(worker);
    task.start(all);
  }

  private void restart(String... settings) {
    task.stop();
    start(settings);
  }

  /** All records of what is committed by now. */
  private List<SourceRecord> drain() throws InterruptedException {
    List<SourceRecord> records = new ArrayList<>();
    List<SourceRecord> polled = task.poll();
    while (polled != null) {
      records.addAll(polled);
      polled = task.poll();
    }
    return records;
  }

  private void sql(String statement) throws SQLException {
    try (Statement run = writer.createStatement()) {
      run.execute(statement);
    }
  }

  private long logRows() throws SQLException {
    try (Statement query = writer.createStatement();
        ResultSet row = query.executeQuery("SELECT count(*) FROM distributary_log")) {
      return row.getLong(1);
    }
  }

  /** The second column of each row that is left after the records, by topic and id. */
  private static Map<String, String> latest(List<SourceRecord> records) {
    Map<String, String> rows = new TreeMap<>();
    for (SourceRecord record : records) {
      Struct value = (Struct) record.value();
      if (value != null && value.getStruct("after") != null) {
        Struct after = value.getStruct("after");
        rows.put(
            record.topic() + " " + after.get("id"),
            String.valueOf(after.get(after.schema().fields().get(1))));
      }
    }
    return rows;
  }

  private static Struct source(SourceRecord record) {
    return ((Struct) record.value()).getStruct("source");
  }

  private static String place(SourceRecord record) {
    Struct source = source(record);
    return source.get("table") + ":" + source.get("lsn") + ":" + source.get("seq");
  }

  private static List<String> places(List<SourceRecord> records) {
    return records.stream().map(SourceTaskTest::place).collect(Collectors.toList());
  }
}
