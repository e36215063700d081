package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command does what the README says. */
class QuickstartIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir Path directory;
  private Path output;

  @Test
  void onceReplicatesTheSampleAndEnds() throws Exception {
    Process first = run("--once", "--data", directory.toString());
    assertThat(exit(first)).as(output()).isZero();
    assertThat(output()).contains("Every replica equals the source: 6 tables, ");
    assertThat(Chain.difference(canonical(), replica(1))).isEmpty();
    assertThat(Chain.difference(canonical(), replica(2))).isEmpty();
    long rows =
        Long.parseLong(
            Chain.rows(
                    canonical(),
                    "SELECT (SELECT count(*) FROM products) + (SELECT count(*) FROM prices)")
                .get(0));
    assertThat(rows).isGreaterThanOrEqualTo(50_000);

    // A second start goes on: what changed meanwhile arrives, without another snapshot.
    Chain.run(canonical(), "UPDATE prices SET amount = 1.23 WHERE product_id = 7");
    Process second = run("--once", "--data", directory.toString(), "--replicas", "3");
    assertThat(exit(second)).as(output()).isZero();
    assertThat(Chain.difference(canonical(), replica(1))).isEmpty();
    assertThat(Chain.difference(canonical(), replica(3))).isEmpty();
  }

  @Test
  void aDatabaseOfTheUsersOwnIsReplicatedInPlaceAsRowsUntilItIsStopped() throws Exception {
    Path own = directory.resolve("my own.db");
    Chain.run(own, "CREATE TABLE t (id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'x')");
    Process process =
        run(
            "--source",
            own.toString(),
            "--data",
            directory.toString(),
            "--events",
            "row",
            "--replicas",
            "1");
    try {
      Chain.awaitRows(replica(1), "SELECT id, v FROM t", "1|x");
      Chain.run(own, "INSERT INTO t VALUES (2, 3.5)");
      Chain.awaitRows(replica(1), "SELECT id, v FROM t ORDER BY id", "1|x", "2|3.5");
      Await.until("status line", LIMIT, () -> output().contains("in step"));
    } finally {
      process.destroy();
    }
    List<ProcessHandle> children = process.toHandle().descendants().toList();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    Await.until(
        "end of the children", LIMIT, () -> children.stream().noneMatch(ProcessHandle::isAlive));
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

  private Process run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
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

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
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
