package io.distributary.quickstart.launcher;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A running JVM that never outlives this one (see {@link Tether}). Not thread-safe, except {@link
 * #pid} and {@link #alive}.
 */
public final class ChildJvm implements AutoCloseable {

  private static final int TAIL_LINES = 30;

  private final Command command;
  private final Process process;
  private final long logStart;

  private ChildJvm(Command command, Process process, long logStart) {
    this.command = command;
    this.process = process;
    this.logStart = logStart;
  }

  /**
   * What to run.
   *
   * @param name what messages call it, such as "broker"
   * @param lib a directory whose jars and files are the whole classpath
   * @param jvmFlags flags such as {@code -Xmx256m}
   * @param log where its output is appended
   */
  public record Command(
      String name,
      Path lib,
      List<String> jvmFlags,
      String mainClass,
      List<String> arguments,
      Path log) {}

  /**
   * Starts it and returns at once.
   *
   * @throws LaunchException when its classpath is missing or no process can be started
   */
  public static ChildJvm start(Command command) {
    if (!Files.isDirectory(command.lib())) {
      throw new LaunchException(
          "The "
              + command.name()
              + " is not built, there is no "
              + command.lib()
              + ": run ./mvnw -DskipTests package");
    }
    try {
      Files.createDirectories(command.log().toAbsolutePath().getParent());
      long logStart = Files.exists(command.log()) ? Files.size(command.log()) : 0;
      Process process =
          new ProcessBuilder(commandLine(command))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(command.log().toFile()))
              .start();
      return new ChildJvm(command, process, logStart);
    } catch (IOException e) {
      throw new LaunchException("The " + command.name() + " does not start: " + e.getMessage(), e);
    }
  }

  private static List<String> commandLine(Command command) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(command.jvmFlags());
    line.add("-cp");
    line.add(
        String.join(
            File.pathSeparator,
            command.lib().toString(),
            command.lib().resolve("*").toString(),
            ownLocation().toString()));
    line.add(Tether.class.getName());
    line.add(command.mainClass());
    line.addAll(command.arguments());
    return line;
  }

  private static Path ownLocation() {
    try {
      return Path.of(Tether.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new LaunchException("The launcher does not find its own jar", e);
    }
  }

  /**
   * Returns when it is ready.
   *
   * @throws LaunchException when it ends, or is not ready within the limit; the message quotes the
   *     end of its log
   */
  public void awaitReady(Duration limit, BooleanSupplier ready) {
    Await.until(
        limit,
        () -> {
          if (!process.isAlive()) {
            throw new LaunchException(
                failure("ended with exit code " + process.exitValue() + " before it was ready"));
          }
          return ready.getAsBoolean();
        },
        () -> failure("was not ready within " + limit.toSeconds() + " s"));
  }

  private String failure(String what) {
    return "The %s %s. The end of %s:%n%s".formatted(command.name(), what, command.log(), tail());
  }

  /** The last lines that it logged since it was started. */
  private String tail() {
    try {
      byte[] log = Files.readAllBytes(command.log());
      int from = (int) Math.min(logStart, log.length);
      List<String> lines =
          new String(log, from, log.length - from, StandardCharsets.UTF_8).lines().toList();
      return lines.stream()
          .skip(Math.max(0, lines.size() - TAIL_LINES))
          .collect(Collectors.joining(System.lineSeparator()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** Whether it runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Asks it to shut down in order, and kills it when it does not within {@link Tether#GRACE}. */
  public void stop() {
    try {
      process.getOutputStream().close();
      if (process.waitFor(Tether.GRACE.plusSeconds(1).toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (IOException e) {
      // The pipe broke, so it is ending or hopeless: killing it is right either way.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /** Kills it (kill -9) and returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    stop();
  }
}
