package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Worker and broker are killed (kill -9) again and again under a writer, while readers look at the
 * replicas all the time.
 */
class KillIT {
  private static final int WORKER_KILLS = 20;
  private static final int BROKER_KILLS = 5;
  private static final Duration CATCH_UP = Duration.ofMinutes(2);
  private static final Checkout CHECKOUT = Checkout.around(Path.of(""));

  private final Random random = new Random(20_261_121);
  private final ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private final AtomicBoolean reading = new AtomicBoolean(true);
  private final AtomicLong looks = new AtomicLong();

  @TempDir Path directory;

  @Test
  void killedWorkersAndBrokersTearNothingLoseNothingAndDoNothingTwice() throws Exception {
    Path whole = directory.resolve("whole.db");
    Path wholeReplica = directory.resolve("whole-replica.db");
    Path rows = directory.resolve("rows.db");
    Path rowsReplica = directory.resolve("rows-replica.db");
    prepareToCount(wholeReplica);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Bank first = Bank.found(whole, 1);
        Bank second = Bank.found(rows, 2);
        Stack stack = start()) {
      Path configs = CHECKOUT.root().resolve("connector-configs");
      stack
          .connect()
          .put(
              configs.resolve("sqlite-source-exactly-once.json"),
              named(
                  "whole-source",
                  whole,
                  Map.of("topic.prefix", "whole", "topic.layout", "source")));
      stack
          .connect()
          .put(
              configs.resolve("sqlite-sink.json"),
              named("whole-sink", wholeReplica, Map.of("topics.regex", "whole")));
      stack
          .connect()
          .put(
              configs.resolve("sqlite-source-row.json"),
              // In the worker's own topic, a killed task's open transaction would keep the next
              // worker
              // from its start until it times out, after a minute.
              named(
                  "rows-source",
                  rows,
                  Map.of("topic.prefix", "rows", "offsets.storage.topic", "rows-offsets")));
      stack
          .connect()
          .put(
              configs.resolve("sqlite-sink-merge.json"),
              named("rows-sink", rowsReplica, Map.of("topics.regex", "rows\\..*")));
      awaitTables(wholeReplica, 4);
      awaitTables(rowsReplica, 4);

      List<Future<?>> work =
          List.of(
              threads.submit(() -> write(first)),
              threads.submit(() -> write(second)),
              threads.submit(() -> look(wholeReplica, Bank::tornAcrossTables)),
              threads.submit(() -> look(rowsReplica, Bank::tornJournal)));
      int round = WORKER_KILLS / BROKER_KILLS;
      for (int i = 0; i < WORKER_KILLS; i++) {
        if (i % round == 0) {
          // While it starts: before, amid and after the start of the connectors.
          TimeUnit.MILLISECONDS.sleep(random.nextInt(10_000));
        } else {
          awaitProgress(wholeReplica, rowsReplica);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
        }
        if (i % round == 1) {
          stack.broker().kill();
          stack.broker().start();
          stack.broker().awaitReady();
          awaitProgress(wholeReplica, rowsReplica);
        }
        stack.worker().kill();
        stack.worker().start();
      }
      writing.set(false);
      work.get(0).get();
      work.get(1).get();
      Await.until("replica that equals its source", CATCH_UP, () -> equal(whole, wholeReplica));
      Await.until("replica that equals its source", CATCH_UP, () -> equal(rows, rowsReplica));
      reading.set(false);
      for (Future<?> future : work) {
        future.get();
      }
    } finally {
      writing.set(false);
      reading.set(false);
      threads.shutdownNow();
    }
    assertThat(torn).isEmpty();
    assertThat(looks.get()).isGreaterThan(1_000);
    assertThat(updatesOfTheJournal(wholeReplica)).isZero();
  }

  private Stack start() {
    Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("kafka"));
    Worker worker =
        new Worker(
            WorkerSettings.of(CHECKOUT.worker(), CHECKOUT.plugins())
                .with("offset.flush.interval.ms", "1000"),
            directory.resolve("connect"),
            broker.bootstrapServers());
    return Stack.start(broker, worker);
  }

  private static Map<String, String> named(String name, Path file, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("name", name);
    settings.put("connection.url", "jdbc:sqlite:" + file);
    return settings;
  }

  private Void write(Bank bank) throws SQLException, InterruptedException {
    while (writing.get()) {
      bank.transfer();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
    }
    return null;
  }

  private Void look(Path replica, Look look) throws SQLException, InterruptedException {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement()) {
      while (reading.get()) {
        String wrong = look.wrong(statement);
        if (wrong != null) {
          torn.add(replica.getFileName() + ": " + wrong);
        }
        looks.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(2);
      }
    }
    return null;
  }

  /** Returns when each of them shows something that it did not show at the call. */
  private static void awaitProgress(Path... replicas) {
    Map<Path, Long> before = new HashMap<>();
    for (Path replica : replicas) {
      before.put(replica, lastNumber(replica));
    }
    Await.until(
        CATCH_UP,
        () -> before.keySet().stream().allMatch(r -> lastNumber(r) > before.get(r)),
        () ->
            before.keySet().stream()
                .map(r -> r.getFileName() + " had " + before.get(r) + ", has " + lastNumber(r))
                .collect(Collectors.joining("; ", "No progress: ", "")));
  }

  private static long lastNumber(Path replica) {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT coalesce(max(number), 0) FROM journal")) {
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The source never changes a row of the journal, so a row written twice shows as an update. */
  private static void prepareToCount(Path replica) throws SQLException {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE journal (number INTEGER PRIMARY KEY, amount INTEGER)");
      statement.execute("CREATE TABLE journal_updates (number INTEGER)");
      statement.execute(
          "CREATE TRIGGER count_updates AFTER UPDATE ON journal"
              + " BEGIN INSERT INTO journal_updates VALUES (NEW.number); END");
    }
  }

  private static long updatesOfTheJournal(Path replica) throws SQLException {
    try (Connection connection = Bank.open(replica);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM journal_updates")) {
      return row.getLong(1);
    }
  }

  private static void awaitTables(Path replica, int tables) {
    Await.until(
        "replica with " + tables + " tables",
        CATCH_UP,
        () -> {
          try (Connection connection = Bank.open(replica);
              Statement statement = connection.createStatement();
              ResultSet row =
                  statement.executeQuery(
                      "SELECT count(*) FROM sqlite_schema WHERE name IN"
                          + " ('checking', 'savings', 'journal', 'last_number')")) {
            return row.getLong(1) == tables;
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static boolean equal(Path source, Path replica) {
    try (Connection connection = Bank.open(source);
        Statement statement = connection.createStatement()) {
      statement.execute("ATTACH '" + replica + "' AS replica");
      for (String table : List.of("checking", "savings", "journal", "last_number")) {
        String difference =
            "SELECT (SELECT count(*) FROM main.%1$s) <> (SELECT count(*) FROM replica.%1$s)"
                + " OR EXISTS (SELECT * FROM main.%1$s EXCEPT SELECT * FROM replica.%1$s)";
        try (ResultSet row = statement.executeQuery(difference.formatted(table))) {
          if (row.getBoolean(1)) {
            return false;
          }
        }
      }
      return true;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Look {
    String wrong(Statement statement) throws SQLException;
  }
}
