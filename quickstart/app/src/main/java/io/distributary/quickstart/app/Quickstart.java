package io.distributary.quickstart.app;

import io.distributary.quickstart.launcher.Broker;
import io.distributary.quickstart.launcher.Checkout;
import io.distributary.quickstart.launcher.ConnectClient;
import io.distributary.quickstart.launcher.LaunchException;
import io.distributary.quickstart.launcher.PropertiesFile;
import io.distributary.quickstart.launcher.Stack;
import io.distributary.quickstart.launcher.Worker;
import io.distributary.quickstart.launcher.WorkerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The first command of the README: a SQLite database replicated into others through a real broker
 * and a real Connect worker, configured by the files of {@code connector-configs/}.
 */
public final class Quickstart {
  private static final String SOURCE = "canonical";
  private static final Duration RUNNING_LIMIT = Duration.ofSeconds(60);
  private static final String CLAIMS_CONFIG = "claims.properties";
  private static final int USAGE_ERROR = 2;

  private final Options options;
  private final Checkout checkout;
  private final Path source;
  private final List<Replica> replicas;
  private final ClaimCheck claimCheck;

  private Quickstart(Options options, Checkout checkout) {
    this.options = options;
    this.checkout = checkout;
    this.source = options.source().orElse(options.data().resolve("canonical.db"));
    this.replicas =
        IntStream.rangeClosed(1, options.replicas())
            .mapToObj(i -> "replica-" + i)
            .map(name -> new Replica(name, options.data().resolve(name + ".db"), source))
            .toList();
    this.claimCheck = ClaimCheck.of(options, checkout);
  }

  /** Runs until Ctrl-C, or with {@code --once} until every replica equals the source. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String... args) {
    try {
      Checkout checkout = Checkout.around(Path.of(System.getProperty("distributary.root", "")));
      Options options = Options.parse(checkout.root().resolve("quickstart/data"), args);
      if (options.help()) {
        System.out.print(Options.USAGE);
        return 0;
      }
      new Quickstart(options, checkout).run();
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + System.lineSeparator() + Options.USAGE);
      return USAGE_ERROR;
    } catch (LaunchException e) {
      System.err.println("Stopped: " + e.getMessage());
      System.err.println("(--broker-port and --connect-port choose other ports.)");
      return 1;
    } catch (Exception e) {
      System.err.println("Stopped: " + (e.getMessage() == null ? e : e.getMessage()));
      return 1;
    }
  }

  private void run() throws Exception {
    Files.createDirectories(options.data());
    if (options.source().isEmpty()) {
      SampleShop.createIfAbsent(source);
    }
    Broker broker =
        Broker.on(
            checkout.broker(),
            options.data().resolve("kafka"),
            options.brokerPort(),
            options.brokerPort() + 1);
    Worker worker =
        new Worker(
            WorkerSettings.of(checkout.worker(), checkout.plugins())
                .withPort(options.connectPort())
                // What replicas have applied is known to 'claims list' when it is flushed.
                .with("offset.flush.interval.ms", "1000"),
            options.data().resolve("connect"),
            broker.bootstrapServers());
    say("Starting a Kafka broker and a Connect worker ...");
    long begin = System.nanoTime();
    claimCheck.start();
    try (claimCheck;
        Stack stack = Stack.start(broker, worker)) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stack), "stop"));
      claimCheck.awaitReady();
      configure(stack.connect(), broker.bootstrapServers());
      PropertiesFile.write(
          options.data().resolve(CLAIMS_CONFIG),
          claimCheck.command(worker.url().toString(), broker.bootstrapServers()));
      Progress progress = new Progress(source, replicas, worker.pid());
      Replica.Equality equal = progress.awaitEqual(() -> checkConnectors(stack.connect()));
      say(
          "Every replica equals the source: %d tables, %,d rows, %.1f s after the start of Kafka"
              .formatted(equal.tables(), equal.rows(), (System.nanoTime() - begin) / 1e9));
      if (!options.once()) {
        tell(worker, broker);
        watch(progress, stack.connect());
      }
    }
  }

  private void stop(Stack stack) {
    stack.close();
    claimCheck.close();
  }

  /** Rows are small records, each a unit's part of its own: they need no claim check. */
  private boolean checksClaims() {
    return options.events().equals("transaction");
  }

  private void configure(ConnectClient connect, String kafka) {
    Path configs = checkout.root().resolve("connector-configs");
    Map<String, String> sourceSettings = settings(SOURCE, source);
    String sourceFile = "sqlite-source-row.json";
    String sinkFile = "sqlite-sink.json";
    Map<String, String> sinkSettings = new HashMap<>();
    if (checksClaims()) {
      sourceFile = "sqlite-source-claim-check" + claimCheck.suffix() + ".json";
      sourceSettings.putAll(claimCheck.source());
      sourceSettings.put("signal.kafka.bootstrap.servers", kafka);
      sinkFile = "sqlite-sink-claim-check" + claimCheck.suffix() + ".json";
      sinkSettings.putAll(claimCheck.sink());
      sinkSettings.put("signal.kafka.bootstrap.servers", kafka);
    }
    connect.put(configs.resolve(sourceFile), sourceSettings);
    for (Replica replica : replicas) {
      Map<String, String> settings = settings(replica.name(), replica.file());
      settings.putAll(sinkSettings);
      connect.put(configs.resolve(sinkFile), settings);
    }
    for (String name : connect.connectors()) {
      if (name.startsWith("replica-") && replicas.stream().noneMatch(r -> r.name().equals(name))) {
        connect.delete(name);
      }
    }
    connect.awaitRunning(SOURCE, RUNNING_LIMIT);
    replicas.forEach(replica -> connect.awaitRunning(replica.name(), RUNNING_LIMIT));
  }

  private static Map<String, String> settings(String name, Path database) {
    Map<String, String> settings = new HashMap<>();
    settings.put("name", name);
    settings.put("connection.url", "jdbc:sqlite:" + database);
    return settings;
  }

  private void checkConnectors(ConnectClient connect) {
    checkConnector(connect, SOURCE);
    replicas.forEach(replica -> checkConnector(connect, replica.name()));
  }

  private static void checkConnector(ConnectClient connect, String name) {
    connect
        .status(name)
        .filter(status -> status.failed())
        .ifPresent(
            status -> {
              throw new LaunchException("Connector " + name + " failed: " + status.describe());
            });
  }

  private void tell(Worker worker, Broker broker) {
    say("");
    say("Source    " + source);
    replicas.forEach(replica -> say("Replica   " + replica.file()));
    say("Kafka     " + broker.bootstrapServers());
    say("Connect   " + worker.url() + "/connectors?expand=status");
    if (checksClaims()) {
      say("Claims    " + checkout.root().resolve("quickstart/claims") + " list" + claimsConfig());
    }
    say("Logs      " + worker.log());
    say("");
    if (options.source().isEmpty()) {
      String where = " WHERE product_id = 1 AND currency = 'EUR'";
      say("Try, in another terminal:");
      say("  sqlite3 %s \"UPDATE prices SET amount = 9.99%s\"".formatted(source, where));
      for (Replica replica : replicas) {
        say("  sqlite3 %s \"SELECT * FROM prices%s\"".formatted(replica.file(), where));
      }
    } else {
      say("Try, in another terminal, a change to " + source + " with sqlite3, and look for it in");
      say("  sqlite3 " + replicas.get(0).file());
    }
    say("");
    say("Ctrl-C stops everything.");
  }

  /** Empty where the claims command finds its settings itself. */
  private String claimsConfig() {
    return options.data().equals(checkout.root().resolve("quickstart/data"))
        ? ""
        : " --config " + options.data().resolve(CLAIMS_CONFIG);
  }

  /** One line a second until the process is told to stop. */
  private void watch(Progress progress, ConnectClient connect)
      throws SQLException, InterruptedException {
    if (options.source().isEmpty()) {
      Thread desk = new Thread(new PriceDesk(source), "price desk");
      desk.setDaemon(true);
      desk.start();
    }
    while (true) {
      checkConnectors(connect);
      say(progress.line() + (checksClaims() ? "  |  " + claimCheck.line() : ""));
      Thread.sleep(1_000);
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }
}
