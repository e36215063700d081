package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own pgbench. */
record Pgbench(Path program, String url) implements TpcB {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");
  private static final Pattern DONE =
      Pattern.compile("number of transactions actually processed: (\\d+)");

  /** The program, on the path or of Debian's newest PostgreSQL; empty where there is none. */
  static Optional<Path> installed() {
    Stream<Path> onPath =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .filter(folder -> !folder.isEmpty())
            .map(Path::of);
    return Stream.concat(onPath, debian())
        .map(folder -> folder.resolve("pgbench"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Stream<Path> debian() {
    if (!Files.isDirectory(DEBIAN)) {
      return Stream.of();
    }
    try (Stream<Path> versions = Files.list(DEBIAN)) {
      return versions
          .sorted(Comparator.reverseOrder())
          .map(v -> v.resolve("bin"))
          .toList()
          .stream();
    } catch (IOException e) {
      return Stream.of();
    }
  }

  @Override
  public Duration length() {
    return Duration.ofSeconds(60);
  }

  @Override
  public void create() throws Exception {
    execute(Duration.ofMinutes(1), "--initialize", "--scale=1", "--quiet");
  }

  @Override
  public long run() throws Exception {
    String report =
        execute(
            length().plusMinutes(1),
            "--client=" + CLIENTS,
            "--jobs=2",
            "--rate=" + RATE,
            "--time=" + length().toSeconds());
    Matcher done = DONE.matcher(report);
    assertThat(done.find()).as(report).isTrue();
    return Long.parseLong(done.group(1));
  }

  private String execute(Duration limit, String... options) throws Exception {
    URI server = URI.create(url.substring("jdbc:".length()));
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(options));
    command.addAll(
        List.of(
            "--host=" + server.getHost(),
            "--port=" + server.getPort(),
            "--username=" + server.getQuery().replaceFirst(".*user=(\\w+).*", "$1"),
            server.getPath().substring(1)));
    Path log = Files.createTempFile("pgbench", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
      String report = Files.readString(log, StandardCharsets.UTF_8);
      assertThat(ended && process.exitValue() == 0).as("%s%n%s", command, report).isTrue();
      return report;
    } finally {
      process.destroyForcibly();
      Files.delete(log);
    }
  }
}
