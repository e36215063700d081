package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README's first command does what the README says. */
class QuickstartIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String PRICE = "product_id = 1 AND currency = 'EUR'";

  @TempDir Path directory;
  private Path output;

  @Test
  void onceReplicatesTheSampleAndEndsAndASecondStartGoesOn() throws Exception {
    Process first = run("--once", "--data", directory.toString());
    assertThat(exit(first)).as(output()).isZero();
    assertThat(output())
        .containsPattern("Every replica equals the source: 6 tables, 6[01],\\d{3} ");
    assertThat(Chain.difference(canonical(), replica(1))).isEmpty();
    assertThat(Chain.difference(canonical(), replica(2))).isEmpty();
    List<String> snapshots = snapshots();
    assertThat(snapshots).hasSize(6);

    Chain.run(canonical(), "UPDATE prices SET amount = 1.23 WHERE product_id = 7");
    Process second = run("--once", "--data", directory.toString(), "--replicas", "3");
    assertThat(exit(second)).as(output()).isZero();
    assertThat(Chain.difference(canonical(), replica(1))).isEmpty();
    assertThat(Chain.difference(canonical(), replica(3))).isEmpty();
    assertThat(snapshots()).as("the source went on from where it was").isEqualTo(snapshots);
  }

  @Test
  void whatItPrintsToTryHasTheEffectThatItSaysUntilItIsStopped() throws Exception {
    Process process = run("--data", directory.toString());
    List<ProcessHandle> children;
    try {
      // Lines before the hints tell of the snapshots, in which a replica may be in step already.
      Await.until("status line", LIMIT, () -> output().matches("(?s).*Ctrl-C.*in step.*"));
      children = process.toHandle().descendants().toList();
      assertThat(children).as("broker and worker").hasSize(2);
      assertThat(output()).contains(replica(1).toString()).contains(replica(2).toString());

      String update = toTry(canonical());
      assertThat(update).isEqualTo("UPDATE prices SET amount = 9.99 WHERE " + PRICE);
      assertThat(Files.readString(Chain.CHECKOUT.root().resolve("README.md")))
          .contains("sqlite3 quickstart/data/canonical.db \"" + update + "\"");
      Chain.run(canonical(), update);
      for (Path replica : List.of(replica(1), replica(2))) {
        assertThat(toTry(replica)).isEqualTo("SELECT * FROM prices WHERE " + PRICE);
        Chain.awaitRows(replica, "SELECT amount FROM prices WHERE " + PRICE, "9.99");
      }
    } finally {
      interrupt(process);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Await.until(
        "end of the children", LIMIT, () -> children.stream().noneMatch(ProcessHandle::isAlive));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--claim-check cassandra"})
  void aBulkChangeGoesThroughTheClaimCheck(String option) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--data", directory.toString()));
    if (!option.isEmpty()) {
      arguments.addAll(List.of(option.split(" ")));
      arguments.addAll(List.of("--cassandra-port", Integer.toString(freePort())));
    }
    Process process = run(arguments.toArray(String[]::new));
    try {
      String bulk = "A bulk change: one transaction gives all 48,000 prices a new amount.";
      Await.until("the bulk change", LIMIT, () -> output().contains(bulk));
      String config = directory.resolve("claims.properties").toString();
      assertThat(output()).contains("quickstart/claims list --config " + config);
      // The status line costs nothing to look at, a command a second.
      Await.until("claims of snapshot and change", LIMIT, () -> claims(output()) >= 2);
      Await.until(
          "both claims of all prices, the snapshot and the change, applied",
          LIMIT,
          () ->
              listed(config)
                      .filter(line -> line.startsWith("canonical.prices-"))
                      .filter(line -> line.contains(" 48000 ") && line.contains("by replica-1, "))
                      .count()
                  == 2);
      long claims = listed(config).filter(line -> line.startsWith("canonical.")).count();
      Await.until("them in the status line", LIMIT, () -> claims(output()) >= claims);
      assertThat(command("collect", config, "--older-than", "0s"))
          .containsPattern("removed canonical\\.prices-[0-9a-f]{32}, .*applied by");
    } finally {
      interrupt(process);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    arguments.add("--once");
    assertThat(exit(run(arguments.toArray(String[]::new)))).as(output()).isZero();
    assertThat(Chain.difference(canonical(), replica(1))).isEmpty();
    assertThat(Chain.difference(canonical(), replica(2))).isEmpty();
  }

  /** How many claims the last status line tells of. */
  private static int claims(String output) {
    Matcher line = Pattern.compile("claim check (\\d+) units, \\d+ chunks").matcher(output);
    int units = 0;
    while (line.find()) {
      units = Integer.parseInt(line.group(1));
    }
    return units;
  }

  private static Stream<String> listed(String config) {
    return command("list", config).lines();
  }

  /** What the claims command that the output names answers. */
  private static String command(String verb, String config, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Chain.CHECKOUT.root().resolve("quickstart/claims").toString());
    command.addAll(List.of(verb, "--config", config));
    command.addAll(List.of(options));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aDatabaseOfTheUsersOwnIsReplicatedInPlaceAsRows() throws Exception {
    Path own = directory.resolve("my own.db");
    Chain.run(own, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'x')");
    String[] arguments = {
      "--source", own.toString(), "--data", directory.toString(), "--events", "row"
    };
    Process process = run(arguments);
    try {
      Chain.awaitRows(replica(1), "SELECT id, v FROM t", "1|x");
      Chain.run(own, "INSERT INTO t VALUES (2, 3.5)", "UPDATE t SET v = NULL WHERE id = 1");
      Chain.awaitRows(replica(2), "SELECT id, v FROM t ORDER BY id", "1|null", "2|3.5");
    } finally {
      interrupt(process);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(canonical()).as("the sample").doesNotExist();
  }

  @Test
  void whatIsWrongIsSaid() throws Exception {
    assertThat(exit(run("--help"))).isZero();
    assertThat(output()).contains("--replicas N").contains("--once");
    assertThat(exit(run("--replicas", "none"))).isEqualTo(2);
    assertThat(output()).contains("--replicas none");
    assertThat(exit(run("--source", directory.resolve("missing.db").toString()))).isEqualTo(2);
    assertThat(output()).contains("no such file");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(exit(run("--once", "--data", directory.toString(), "--connect-port", port)))
          .isEqualTo(1);
      assertThat(output()).contains(port).contains("--connect-port");
    }
  }

  /** As Ctrl-C does. */
  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** The statement that the output tells to try on a file. */
  private String toTry(Path file) {
    Pattern line = Pattern.compile("sqlite3 " + Pattern.quote(file.toString()) + " \"(.*)\"");
    Matcher found = line.matcher(output());
    assertThat(found.find()).as(output()).isTrue();
    return found.group(1);
  }

  /** What the worker, over all its starts, logged of ended snapshots. */
  private List<String> snapshots() throws IOException {
    try (Stream<String> lines = Files.lines(directory.resolve("connect/connect.log"))) {
      return lines
          .filter(line -> line.contains("The snapshot of table") && line.contains("is read"))
          .toList();
    }
  }

  private Process run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // A build in the background ignores Ctrl-C, and so would all that it starts.
      command.addAll(List.of("env", "--default-signal=INT"));
    }
    command.add(Chain.CHECKOUT.root().resolve("quickstart/run").toString());
    command.addAll(List.of(arguments));
    List<String> given = List.of(arguments);
    if (!given.contains("--help") && !given.contains("--connect-port")) {
      command.addAll(List.of("--connect-port", Integer.toString(freePort())));
    }
    command.addAll(List.of("--broker-port", Integer.toString(freePort())));
    output = Files.createTempFile(directory, "quickstart", ".out");
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** A port that is free, as are the next two; below those of outgoing connections. */
  private static int freePort() {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(20_000, 32_000))
        .filter(port -> isFree(port) && isFree(port + 1) && isFree(port + 2))
        .findFirst()
        .orElseThrow();
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static int exit(Process process) throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroy();
      throw new AssertionError("The quickstart did not end");
    }
    return process.exitValue();
  }

  private String output() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path canonical() {
    return directory.resolve("canonical.db");
  }

  private Path replica(int number) {
    return directory.resolve("replica-" + number + ".db");
  }
}
