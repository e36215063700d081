package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.Targets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every history, on a real PostgreSQL whose sessions are ended now and then. */
@Timeout(180)
class PostgresSinkTest {
  private static final String END_SESSIONS =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
          + " AND application_name LIKE 'distributary%'";

  private String url;

  @BeforeEach
  void createDatabase() throws SQLException {
    url = PostgresServer.shared().createDatabase();
  }

  private FakeWorker worker(String name, String snapshots, String mapping) {
    SinkConfig config =
        new SinkConfig(
            Map.of(
                "name", name,
                "connection.url", url,
                "synchronous.commit", "off",
                "auto.create", "true",
                "table.mapping", mapping,
                "snapshot.mode", snapshots));
    return new FakeWorker(() -> new LazyTarget(() -> Targets.open(config.target())))
        .with(
            new Settings(
                Duration.ofSeconds(60),
                50,
                Duration.ofMillis(1),
                WithoutHistory.SNAPSHOT,
                ClaimExpired.FAIL,
                false));
  }

  private Map<Long, Object> rows(String table) throws SQLException {
    Map<Long, Object> rows = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT id, price FROM " + table)) {
      while (result.next()) {
        rows.put(result.getLong(1), result.getLong(2));
      }
    }
    return rows;
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomHistoriesConvergeWhateverSessionsEnd(long seed) throws SQLException {
    Random random = new Random(seed);
    RandomSource source = new RandomSource(random, "shop.prices", 10);
    FakeWorker worker = worker("replica", random.nextBoolean() ? "swap" : "merge", "");
    int there = 1;
    worker.holds(source.records().subList(0, there)).start();
    while (there < source.records().size()) {
      there = Math.min(source.records().size(), there + 1 + random.nextInt(8));
      worker.holds(source.records().subList(0, there));
      switch (random.nextInt(6)) {
        case 0 -> {
          worker.delivery().close();
          worker.start();
        }
        case 1 -> execute(END_SESSIONS);
        default -> worker.passes(Duration.ofMinutes(1));
      }
      worker.poll(1 + random.nextInt(7));
    }
    for (int i = 0; i < 4; i++) {
      worker.passes(Duration.ofMinutes(2)).drain(1 + random.nextInt(7));
    }
    worker.delivery().close();

    assertThat(rows("prices")).isEqualTo(source.last());
  }

  @Test
  void smallTransactionsThatShareACommitAreWrittenByOneStatement() throws SQLException {
    SourceTopic topic = new SourceTopic("shop.prices");
    for (int lsn = 1; lsn <= 101; lsn++) {
      topic.batch(SourceTopic.update("e", lsn), SourceTopic.set(lsn, lsn));
    }
    FakeWorker worker = worker("replica", "swap", "").holds(topic.records()).start();
    worker.poll(1);
    execute("CREATE TABLE prices_written (statement text)");
    execute(
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO"
            + " prices_written VALUES (TG_OP); RETURN NULL; END $$");
    execute(
        "CREATE TRIGGER note AFTER INSERT ON prices FOR EACH STATEMENT EXECUTE FUNCTION note()");
    worker.drain(100);
    worker.delivery().close();

    assertThat(rows("prices")).hasSize(101);
    assertThat(rows("(SELECT count(*) AS id, 0 AS price FROM prices_written) s"))
        .containsOnlyKeys(1L);
  }

  /** IF NOT EXISTS alone fails where another session is just making the same table. */
  @RepeatedTest(5)
  void tasksThatStartTogetherMakeTheTablesOnce() throws Exception {
    int count = 8;
    CyclicBarrier start = new CyclicBarrier(count);
    List<CompletableFuture<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      int task = t;
      SourceTopic topic = new SourceTopic("shop.table" + t);
      topic.part(SourceTopic.update("e", 1), 0, true, SourceTopic.set(task, task));
      tasks.add(
          CompletableFuture.runAsync(
              () -> {
                FakeWorker worker =
                    worker("task" + task, "merge", "prices:shared")
                        .withoutHistory(WithoutHistory.CONTINUE)
                        .holds(topic.records());
                await(start);
                worker.start();
                for (int i = 0; i < 3; i++) {
                  worker.passes(Duration.ofMinutes(2)).poll(1);
                }
                worker.drain();
                worker.delivery().close();
              },
              command -> new Thread(command).start()));
    }
    for (CompletableFuture<Void> task : tasks) {
      task.get(150, TimeUnit.SECONDS);
    }
    assertThat(rows("shared")).hasSize(count);
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("The tasks did not come together", e);
    }
  }

  @Test
  void tasksThatWriteTheSameRowsInOtherOrdersAllComeToTheirEnd() throws Exception {
    execute("CREATE TABLE shared (id bigint PRIMARY KEY, price bigint)");
    List<CompletableFuture<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int task = t;
      SourceTopic topic = new SourceTopic("shop.table" + t);
      Random random = new Random(t);
      for (int lsn = 1; lsn <= 40; lsn++) {
        // Two parts, so that locks are taken one after the other.
        long first = random.nextInt(3);
        topic
            .part(SourceTopic.update("e", lsn), 0, false, SourceTopic.set(first, task))
            .part(SourceTopic.update("e", lsn), 1, true, SourceTopic.set((first + 1) % 3, task));
      }
      tasks.add(
          CompletableFuture.runAsync(
              () -> {
                FakeWorker worker =
                    worker("task" + task, "merge", "prices:shared")
                        .withoutHistory(WithoutHistory.CONTINUE)
                        .holds(topic.records())
                        .start();
                for (int i = 0; i < 200; i++) {
                  worker.passes(Duration.ofMinutes(2)).poll(1);
                }
                worker.drain();
                worker.delivery().close();
              }));
    }
    for (CompletableFuture<Void> task : tasks) {
      task.get(150, TimeUnit.SECONDS);
    }
    assertThat(rows("shared")).containsOnlyKeys(0L, 1L, 2L);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet reached =
            statement.executeQuery(
                "SELECT count(*), min(lsn), min(kafka_offset) FROM distributary_checkpoint")) {
      reached.next();
      assertThat(List.of(reached.getLong(1), reached.getLong(2), reached.getLong(3)))
          .containsExactly(3L, 40L, 79L);
    }
  }
}
