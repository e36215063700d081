package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a user installs: a Confluent Hub archive per plugin, and a plugin directory of the same. */
class PackagingIT {
  /** The three plugins, with what a worker's service loader asks their jars for. */
  enum Plugin {
    SOURCE(
        "source-connector",
        ".*-source.*",
        "org.apache.kafka.connect.source.SourceConnector",
        "io.distributary.source.DistributarySourceConnector"),
    SINK(
        "sink-connector",
        ".*-sink.*",
        "org.apache.kafka.connect.sink.SinkConnector",
        "io.distributary.sink.DistributarySinkConnector"),
    SMT(
        "smt",
        ".*claim.*",
        "org.apache.kafka.connect.transforms.Transformation",
        "io.distributary.smt.ClaimCheckDeposit io.distributary.smt.ClaimCheckRedeem");

    private final String module;
    private final String configs;
    private final String service;
    private final String classes;

    Plugin(String module, String configs, String service, String classes) {
      this.module = module;
      this.configs = configs;
      this.service = service;
      this.classes = classes;
    }

    String kind() {
      return name().toLowerCase(Locale.ROOT);
    }

    Path target() {
      return Chain.CHECKOUT.root().resolve(module).resolve("target");
    }
  }

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void theArchiveHoldsWhatTheHubAsksFor(Plugin plugin) throws IOException {
    Path archive = unpacked(plugin);

    JsonNode manifest = new ObjectMapper().readTree(archive.resolve("manifest.json").toFile());
    assertThat(manifest.path("name").asText()).isEqualTo("kafka-connect-" + plugin.kind());
    assertThat(archive.getFileName())
        .hasToString(
            "distributary-kafka-connect-"
                + plugin.kind()
                + "-"
                + manifest.path("version").asText());
    assertThat(manifest.findValuesAsText("username")).containsExactly("distributary");
    assertThat(manifest.toString()).as("what the build fills in").doesNotContain("${");
    assertThat(archive.resolve(manifest.path("logo").asText())).isRegularFile();
    assertThat(names(archive.resolve("doc"))).containsExactly("LICENSE", "README.md");
    assertThat(names(archive.resolve("etc"))).isEqualTo(configs(plugin));
  }

  /** Which of our files are for that plugin, as CONTRIBUTING says. */
  private static SortedSet<String> configs(Plugin plugin) throws IOException {
    SortedSet<String> files = names(Chain.CHECKOUT.root().resolve("connector-configs"));
    files.removeIf(file -> !file.matches(plugin.configs + "\\.json"));
    return files;
  }

  @ParameterizedTest
  @EnumSource
  void theLibraryHoldsThePluginAndNothingThatIsTheWorkersOwn(Plugin plugin) throws IOException {
    Path lib = unpacked(plugin).resolve("lib");
    SortedSet<String> jars = names(lib);
    assertThat(jars)
        .anyMatch(jar -> jar.startsWith("distributary-" + plugin.module + "-"))
        .anyMatch(jar -> jar.startsWith("distributary-core-"))
        .noneMatch(jar -> jar.matches("(slf4j|log4j|logback|connect-|kafka).*"));
    assertThat(names(plugin.target().resolve("plugin/distributary-" + plugin.kind())))
        .as("the plugin directory")
        .isEqualTo(jars);

    Path jar =
        lib.resolve(
            jars.stream()
                .filter(name -> name.startsWith("distributary-" + plugin.module + "-"))
                .findFirst()
                .orElseThrow());
    assertThat(services(jar)).isEqualTo(Map.of(plugin.service, List.of(plugin.classes.split(" "))));
  }

  private static Map<String, List<String>> services(Path jar) throws IOException {
    Map<String, List<String>> services = new TreeMap<>();
    try (FileSystem content = FileSystems.newFileSystem(jar);
        Stream<Path> files = Files.list(content.getPath("META-INF/services"))) {
      for (Path file : files.toList()) {
        services.put(
            file.getFileName().toString(), Files.readAllLines(file).stream().sorted().toList());
      }
    }
    return services;
  }

  @Test
  void theWorkerShowsTheVersionsOfThePlugins() throws IOException {
    String version =
        new ObjectMapper()
            .readTree(unpacked(Plugin.SINK).resolve("manifest.json").toFile())
            .path("version")
            .asText();
    Map<String, String> versions = new TreeMap<>();
    for (JsonNode plugin : Chain.shared().connect().plugins()) {
      if (plugin.path("class").asText().startsWith("io.distributary.")) {
        versions.put(plugin.path("class").asText(), plugin.path("version").asText());
      }
    }
    assertThat(versions)
        .hasSize(4)
        .allSatisfy((name, shown) -> assertThat(shown).isEqualTo(version));
  }

  /** The page tells it for the directory of the unpacked archive. */
  @Test
  void theDocumentedCommandRemovesWhatTheConnectorPutIntoADatabase() throws Exception {
    Path source = directory.resolve("shop.db");
    Chain.run(source, "CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)");
    Chain.shared().source("sqlite-source-transaction", "removed", source).end("removed");
    String ours = "SELECT count(*) > 0 FROM sqlite_master WHERE name LIKE 'distributary%'";
    Chain.awaitRows(source, ours, "1");

    String page = Files.readString(Chain.CHECKOUT.root().resolve("docs/sqlite.md"));
    int start = page.indexOf("java -cp 'lib/*'");
    String command =
        page.substring(start, page.indexOf('\n', start))
            .replace("/path/to/shop.db", source.toString())
            .replaceFirst("^java", System.getProperty("java.home") + "/bin/java");
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(unpacked(Plugin.SOURCE).toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    Chain.awaitRows(source, ours, "0");
  }

  @Test
  void theCommandLineRunsFromItsArchive() throws Exception {
    Path archive;
    try (Stream<Path> files = Files.list(Chain.CHECKOUT.root().resolve("cli/target"))) {
      archive = files.filter(file -> file.toString().endsWith(".tar.gz")).findFirst().orElseThrow();
    }
    assertThat(exit("tar", "-xzf", archive.toString(), "-C", directory.toString())).isZero();

    Path home = directory.resolve("distributary");
    assertThat(names(home)).contains("LICENSE", "bin", "lib");
    assertThat(exit(home.resolve("bin/distributary").toString(), "--help")).isZero();
    assertThat(exit(home.resolve("bin/distributary").toString(), "claims", "lost")).isEqualTo(2);
    Path link =
        Files.createSymbolicLink(directory.resolve("link"), home.resolve("bin/distributary"));
    assertThat(exit(link.toString(), "--help")).as("through a link").isZero();
  }

  private static int exit(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  /** The archive's only directory. */
  private Path unpacked(Plugin plugin) throws IOException {
    Path zip;
    try (Stream<Path> files = Files.list(plugin.target())) {
      zip = files.filter(file -> file.toString().endsWith(".zip")).findFirst().orElseThrow();
    }
    try (InputStream file = Files.newInputStream(zip);
        ZipInputStream content = new ZipInputStream(file)) {
      for (ZipEntry entry = content.getNextEntry(); entry != null; entry = content.getNextEntry()) {
        Path path = directory.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(content, path);
        }
      }
    }
    return directory.resolve(zip.getFileName().toString().replaceFirst("\\.zip$", ""));
  }

  /** The names in a directory; empty where there is none. */
  private static SortedSet<String> names(Path folder) throws IOException {
    SortedSet<String> names = new TreeSet<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        files.forEach(file -> names.add(file.getFileName().toString()));
      }
    }
    return names;
  }
}
