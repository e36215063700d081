package io.distributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.config.ConfigReference;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentsTest {
  @TempDir Path directory;

  @Test
  void aListNeedsOnlyToKnowKafka() {
    Arguments arguments = parse("claims", "list", "--bootstrap-servers", "k:9092");

    assertThat(arguments)
        .isEqualTo(
            new Arguments(
                false,
                false,
                false,
                Duration.ofDays(1),
                Map.of("kafka.bootstrap.servers", "k:9092")));
    ClaimsConfig config = new ClaimsConfig(arguments.settings());
    assertThat(config.connectUrls()).containsExactly("http://127.0.0.1:8083");
    assertThat(config.kafka()).isEqualTo(Map.of("bootstrap.servers", "k:9092"));
    assertThat(config.connectUser()).isEmpty();
  }

  @Test
  void optionsGoOverTheFile() throws Exception {
    Path file = directory.resolve("claims.properties");
    Files.writeString(
        file,
        """
        kafka.bootstrap.servers=file:1
        kafka.security.protocol=SSL
        connect.user=u
        connect.password=secret
        """);

    Arguments arguments =
        parse(
            "claims",
            "collect",
            "--connect",
            "http://a:1",
            "--connect",
            "https://b:2",
            "--bootstrap-servers",
            "option:1",
            "--older-than",
            "90m",
            "--dry-run",
            "--unreferenced",
            "--store-of",
            "canonical",
            "--property",
            "cassandra.password=p=q",
            "--config",
            file.toString());

    assertThat(arguments.collect()).isTrue();
    assertThat(arguments.dryRun()).isTrue();
    assertThat(arguments.unreferenced()).isTrue();
    assertThat(arguments.olderThan()).isEqualTo(Duration.ofMinutes(90));
    assertThat(arguments.settings())
        .containsEntry("cassandra.password", "p=q")
        .containsEntry("store.of", "canonical");
    ClaimsConfig config = new ClaimsConfig(arguments.settings());
    assertThat(config.connectUrls()).containsExactly("http://a:1", "https://b:2");
    assertThat(config.kafka())
        .isEqualTo(Map.of("bootstrap.servers", "option:1", "security.protocol", "SSL"));
    assertThat(config.connectPassword()).isEqualTo("secret");
  }

  @Test
  void whatIsNotUnderstoodIsNamed() {
    assertUsage("claim", "claim", "list");
    assertUsage("remove", "claims", "remove");
    assertUsage("nothing", "claims");
    assertUsage("--fast", "claims", "list", "--fast");
    assertUsage("--older-than 5", "claims", "list", "--older-than", "5");
    assertUsage("--connect needs", "claims", "list", "--connect");
    assertUsage("KEY=VALUE", "claims", "list", "--property", "x");
    assertUsage("/no/such", "claims", "list", "--config", "/no/such");
  }

  private static void assertUsage(String word, String... words) {
    assertThatThrownBy(() -> parse(words))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(word);
  }

  @Test
  void wrongSettingsAreNamed() {
    assertThatThrownBy(() -> new ClaimsConfig(Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("--bootstrap-servers");
    assertThatThrownBy(
            () -> new ClaimsConfig(Map.of("kafka.bootstrap.servers", "k:1", "storre", "file")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("storre");
    assertThatThrownBy(
            () -> new ClaimsConfig(Map.of("kafka.bootstrap.servers", "k:1", "store", "tape")))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("tape");
  }

  @Test
  void helpIsPrintedAndMisuseExitsWithTwo() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    assertThat(run(out, err, "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: distributary claims");
    assertThat(run(out, err)).isEqualTo(2);
    assertThat(run(out, err, "claims", "--what")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--what", "--help");
  }

  private static int run(ByteArrayOutputStream out, ByteArrayOutputStream err, String... args) {
    return Distributary.run(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        args);
  }

  @Test
  void theReferenceInTheDocsIsUpToDate() throws Exception {
    Path file = Path.of("../docs/configuration.md");
    String reference = ConfigReference.markdown(ClaimsConfig.definition());
    if (Boolean.getBoolean("docs.write")) {
      ConfigReference.write(file, "claims", reference);
    }
    assertThat(ConfigReference.read(file, "claims"))
        .as("docs/configuration.md; write it anew with ./mvnw test -Ddocs.write=true")
        .isEqualTo(reference);
  }

  private static Arguments parse(String... words) {
    return Arguments.parse(List.of(words));
  }
}
