package io.distributary.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Children never outlive the JVM that started them. */
class ParentDeathIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Process parent;

  @AfterEach
  void killParent() {
    if (parent != null) {
      parent.destroyForcibly();
    }
  }

  /** Starts a broker, writes its process id to a file, then waits for ever. */
  static final class Parent {

    private Parent() {}

    public static void main(String[] args) throws Exception {
      Path directory = Path.of(args[0]);
      Broker broker = Broker.onFreePorts(Checkout.around(Path.of("")).broker(), directory);
      broker.start();
      broker.awaitReady();
      Path written = Files.writeString(directory.resolve("pid.new"), Long.toString(broker.pid()));
      Files.move(written, directory.resolve("pid"));
      Thread.currentThread().join();
    }
  }

  @Test
  void aKilledParentTakesItsChildrenAlong() throws Exception {
    ProcessHandle child = startParent();
    parent.destroyForcibly().waitFor();
    Await.until("end of the broker", LIMIT, () -> !child.isAlive());
  }

  @Test
  void ctrlCReachesOnlyTheParent() throws Exception {
    ProcessHandle child = startParent();
    new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
    assertThatThrownBy(() -> child.onExit().get(3, TimeUnit.SECONDS))
        .isInstanceOf(TimeoutException.class);
    new ProcessBuilder("kill", "-INT", Long.toString(parent.pid())).start().waitFor();
    assertThat(parent.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Await.until("end of the broker", LIMIT, () -> !child.isAlive());
  }

  private ProcessHandle startParent() throws Exception {
    parent =
        new ProcessBuilder(
                List.of(
                    // A build in the background ignores Ctrl-C, and so would all that it starts.
                    "env",
                    "--default-signal=INT",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    Parent.class.getName(),
                    directory.toString()))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("parent.log").toFile())
            .start();
    Path pid = directory.resolve("pid");
    Await.until("broker", LIMIT, () -> Files.exists(pid));
    return ProcessHandle.of(Long.parseLong(Files.readString(pid))).orElseThrow();
  }
}
