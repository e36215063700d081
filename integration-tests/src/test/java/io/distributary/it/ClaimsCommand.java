package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.quickstart.launcher.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code distributary claims}, as it is installed, asking the servers of a chain. */
final class ClaimsCommand {
  private final ClaimChain chain;

  /**
   * What a command said.
   *
   * @param exit its exit code
   * @param text all that it wrote
   */
  record Answer(int exit, String text) {}

  ClaimsCommand(ClaimChain chain) {
    this.chain = chain;
  }

  /** Runs {@code distributary claims}, with where the servers are. */
  Answer run(String... options) {
    List<String> words = new ArrayList<>(List.of("claims"));
    words.addAll(List.of(options));
    words.addAll(
        List.of(
            "--bootstrap-servers",
            chain.broker().bootstrapServers(),
            "--connect",
            chain.worker().url().toString()));
    return execute(Map.of(), words.toArray(String[]::new));
  }

  /** What {@code list} says of the claims of a source's store. */
  String listed(String name) {
    return run("list", "--store-of", name).text();
  }

  /** Collects in a source's store. */
  Answer collect(String name, String... options) {
    List<String> words = new ArrayList<>(List.of("collect", "--store-of", name));
    words.addAll(List.of(options));
    return run(words.toArray(String[]::new));
  }

  /** Waits until {@code list} says that of a source's store. */
  void awaitListed(String state, String name) {
    StringBuilder seen = new StringBuilder();
    Await.until(
        ClaimChain.LIMIT,
        () -> {
          seen.replace(0, seen.length(), listed(name));
          return seen.indexOf(state) >= 0;
        },
        () -> "The claims are listed as " + seen);
  }

  /** Lists what Connect tells by TLS, to a Java that trusts what is in that file. */
  Answer listOverTls(Path truststore) {
    return execute(
        Map.of(
            "DISTRIBUTARY_OPTS",
            "-Djavax.net.ssl.trustStore="
                + truststore
                + " -Djavax.net.ssl.trustStorePassword="
                + Certificates.PASSWORD),
        "claims",
        "list",
        "--bootstrap-servers",
        chain.broker().bootstrapServers(),
        "--connect",
        chain.tlsUrl().toString());
  }

  /** Runs the command of the distribution. */
  static Answer execute(String... words) {
    return execute(Map.of(), words);
  }

  private static Answer execute(Map<String, String> environment, String... words) {
    try {
      List<String> command = new ArrayList<>();
      command.add(script().toString());
      command.addAll(List.of(words));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(environment);
      Process process = builder.start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return new Answer(process.exitValue(), text);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path script() throws IOException {
    try (Stream<Path> files = Files.list(Chain.CHECKOUT.root().resolve("cli/target"))) {
      return files
          .map(file -> file.resolve("distributary/bin/distributary"))
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow();
    }
  }
}
