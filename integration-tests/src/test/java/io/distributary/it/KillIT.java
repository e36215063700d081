package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.ConnectClient;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
 * Worker and broker are killed (kill -9) again and again under a writer, and a database server
 * crashes, while readers look at the replicas all the time.
 */
class KillIT {
  private static final Duration CATCH_UP = Duration.ofMinutes(2);
  private static final Checkout CHECKOUT = Checkout.around(Path.of(""));

  private final Random random = new Random(20_261_121);
  private final ConcurrentLinkedQueue<String> torn = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean(true);
  private final AtomicBoolean reading = new AtomicBoolean(true);
  private final AtomicLong looks = new AtomicLong();

  @TempDir Path directory;

  /** From a source to a replica: a file of {@code connector-configs/} and a JDBC URL for each. */
  private record Way(String sourceFile, String source, String sinkFile, String replica) {}

  /** A server whose crash and recovery belong to the test, where there is one. */
  private interface Server {
    void crash();
  }

  @Test
  void killedWorkersAndBrokersTearNothingLoseNothingAndDoNothingTwice() throws Exception {
    Way whole =
        new Way("sqlite-source-exactly-once", file("whole"), "sqlite-sink", file("whole-replica"));
    Way rows =
        new Way("sqlite-source-row", file("rows"), "sqlite-sink-merge", file("rows-replica"));
    survive(whole, rows, 20, 20, 5, null);
  }

  @Test
  void theSameHoldsForPostgresqlAtBothEndsByBothCapturesAndWhenItCrashes() throws Exception {
    try (PostgresServer server =
        PostgresServer.start(17, Map.of(), directory.resolve("postgresql"))) {
      String replica = server.createDatabase();
      Way whole = new Way("postgresql-source", server.createDatabase(), "postgresql-sink", replica);
      Way rows =
          new Way(
              "postgresql-source-trigger",
              server.createDatabase(),
              "sqlite-sink-merge",
              file("rows-replica"));
      // A server commits faster than a chain that is always killed can follow.
      survive(whole, rows, 100, 6, 2, server::crash);
    }
  }

  private String file(String name) {
    return "jdbc:sqlite:" + directory.resolve(name + ".db");
  }

  /**
   * @param whole of which a transaction is one record and exactly once in Kafka
   * @param rows of which a row is a record
   * @param pauseMs how long a writer pauses at most after each transaction, in milliseconds
   * @param server crashes once between two kills of a broker; may be null
   */
  private void survive(
      Way whole, Way rows, int pauseMs, int workerKills, int brokerKills, Server server)
      throws Exception {
    Bank.countUpdates(whole.replica);
    ExecutorService threads = Executors.newCachedThreadPool();
    try (Bank first = Bank.found(whole.source, 1);
        Bank second = Bank.found(rows.source, 2);
        Stack stack = start()) {
      connect(
          stack.connect(),
          "whole",
          whole,
          Map.of(
              "topic.layout",
              "source",
              "exactly.once.support",
              "required",
              "transaction.boundary",
              "connector"));
      connect(stack.connect(), "rows", rows, Map.of("events", "row"));
      awaitTables(stack, whole.replica);
      awaitTables(stack, rows.replica);
      Set<String> wholeEpoch = Bank.epochs(whole.replica);
      Set<String> rowsEpoch = Bank.epochs(rows.replica);

      List<Future<?>> work =
          List.of(
              threads.submit(() -> write(first, pauseMs)),
              threads.submit(() -> write(second, pauseMs)),
              threads.submit(() -> look(whole.replica, Bank::tornAcrossTables)),
              threads.submit(() -> look(rows.replica, Bank::tornJournal)));
      int round = workerKills / brokerKills;
      for (int i = 0; i < workerKills; i++) {
        if (i % round == 0) {
          // While it starts: before, amid and after the start of the connectors.
          TimeUnit.MILLISECONDS.sleep(random.nextInt(10_000));
        } else {
          awaitProgress(stack, () -> {}, whole, rows);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(1_500));
        }
        if (i % round == 1) {
          stack.broker().kill();
          stack.broker().awaitFenced();
          stack.broker().start();
          stack.broker().awaitReady();
          awaitProgress(stack, () -> {}, whole, rows);
        }
        if (i % round == 2 && server != null) {
          server.crash();
          awaitProgress(stack, () -> restartFailed(stack.connect()), whole, rows);
        }
        stack.worker().kill();
        stack.worker().start();
      }
      writing.set(false);
      work.get(0).get();
      work.get(1).get();
      awaitEqual(stack, whole);
      awaitEqual(stack, rows);
      assertThat(Bank.epochs(whole.replica)).as("one history").isEqualTo(wholeEpoch).hasSize(1);
      assertThat(Bank.epochs(rows.replica)).as("one history").isEqualTo(rowsEpoch).hasSize(1);
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
    assertThat(Bank.updates(whole.replica)).isZero();
  }

  private Stack start() {
    Broker broker = Broker.onFreePorts(CHECKOUT.broker(), directory.resolve("kafka"));
    Worker worker =
        new Worker(
            WorkerSettings.of(CHECKOUT.worker(), CHECKOUT.plugins())
                .with("offset.flush.interval.ms", "1000")
                // What a killed producer left open holds up those that read committed records only.
                .with("producer.transaction.timeout.ms", "10000"),
            directory.resolve("connect"),
            broker.bootstrapServers());
    return Stack.start(broker, worker);
  }

  private static void connect(
      ConnectClient connect, String name, Way way, Map<String, String> more) {
    Map<String, String> source = settings(name + "-source", way.source);
    source.putAll(more);
    source.put("topic.prefix", name);
    // In the worker's own topic, a killed task's open transaction would keep the next worker from
    // its start until it times out, after a minute.
    source.put("offsets.storage.topic", name + "-offsets");
    Map<String, String> sink = settings(name + "-sink", way.replica);
    sink.put("topics.regex", name + "(\\..*)?");
    Path configs = CHECKOUT.root().resolve("connector-configs");
    connect.put(configs.resolve(way.sourceFile + ".json"), source);
    connect.put(configs.resolve(way.sinkFile + ".json"), sink);
  }

  private static Map<String, String> settings(String name, String url) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", name);
    settings.put("connection.url", url);
    if (url.startsWith("jdbc:postgresql:")) {
      settings.put("connection.user", ""); // the URL has it
    }
    return settings;
  }

  private Void write(Bank bank, int pauseMs) throws SQLException, InterruptedException {
    while (writing.get()) {
      try {
        bank.transfer();
      } catch (SQLException e) {
        reopen(bank, e);
      }
      TimeUnit.MILLISECONDS.sleep(random.nextInt(pauseMs));
    }
    return null;
  }

  private static void reopen(Bank bank, SQLException failure) throws SQLException {
    if (!Bank.crashed(failure)) {
      throw failure;
    }
    Await.until(
        "database that recovered",
        CATCH_UP,
        () -> {
          try {
            bank.reopen();
            return true;
          } catch (SQLException e) {
            return false;
          }
        });
  }

  private Void look(String replica, Look look) throws SQLException, InterruptedException {
    while (reading.get()) {
      try (Connection connection = Bank.open(replica);
          Statement statement = connection.createStatement()) {
        String seen = "";
        while (reading.get()) {
          String version = Bank.version(statement);
          if (!version.equals(seen)) {
            String wrong = look.wrong(statement);
            if (wrong != null) {
              torn.add(replica + ": " + wrong);
            }
            seen = version;
          }
          looks.incrementAndGet();
          TimeUnit.MILLISECONDS.sleep(2);
        }
      } catch (SQLException e) {
        if (!Bank.crashed(e)) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(10);
      }
    }
    return null;
  }

  /** Returns when both replicas show something that they did not show at the call. */
  private static void awaitProgress(Stack stack, Runnable meanwhile, Way... ways) {
    Map<String, Long> before = new HashMap<>();
    for (Way way : ways) {
      before.put(way.replica, lastNumber(way.replica));
    }
    Await.until(
        CATCH_UP,
        () -> {
          meanwhile.run();
          return before.keySet().stream().allMatch(r -> lastNumber(r) > before.get(r));
        },
        () ->
            before.keySet().stream()
                    .map(r -> r + " had " + before.get(r) + ", has " + lastNumber(r))
                    .collect(Collectors.joining("; ", "No progress: ", ""))
                + states(stack));
  }

  private static String states(Stack stack) {
    return stack.connect().connectors().stream()
            .map(name -> "; " + name + ": " + stack.connect().status(name).orElseThrow().describe())
            .collect(Collectors.joining())
        + (skippedMarkers(stack)
            ? "; the broker left a transaction hanging, see Broker.awaitFenced"
            : "");
  }

  private static boolean skippedMarkers(Stack stack) {
    try {
      return Files.readString(stack.broker().log())
          .contains("while trying to send transaction markers");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void awaitEqual(Stack stack, Way way) {
    Await.until(
        CATCH_UP,
        () -> equal(way),
        () ->
            "The last transfer is "
                + lastNumber(way.source)
                + " in the source, "
                + lastNumber(way.replica)
                + " in "
                + way.replica
                + states(stack));
  }

  /**
   * Restarts the tasks that stopped, as an operator does. A capture by triggers stops when its
   * server goes away in the middle of a unit, for what it has sent of the unit cannot be taken
   * back.
   */
  private static void restartFailed(ConnectClient connect) {
    for (String connector : connect.connectors()) {
      if (connect.status(connector).orElseThrow().failed()) {
        connect.restart(connector);
      }
    }
  }

  private static long lastNumber(String replica) {
    try {
      return Bank.lastNumber(replica);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitTables(Stack stack, String replica) {
    Await.until(
        CATCH_UP,
        () -> {
          try (Connection connection = Bank.open(replica);
              Statement statement = connection.createStatement()) {
            return Bank.tornAcrossTables(statement) == null;
          } catch (SQLException e) {
            return false; // a table is not there yet
          }
        },
        () -> "Not all tables are in " + replica + states(stack));
  }

  private static boolean equal(Way way) {
    try {
      return Bank.rows(way.source).equals(Bank.rows(way.replica));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Look {
    String wrong(Statement statement) throws SQLException;
  }
}
