package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The chunks in both stores are files that Avro's own command line reads. */
class AvroToolsIT {
  private static final Path TOOLS = Path.of("target", "avro-tools", "avro-tools.jar");

  @TempDir Path directory;

  @Test
  void avroToolsReadAChunkOfADirectory() throws Exception {
    readsChunks(Map.of("store", "file", "file.directory", directory.resolve("claims").toString()));
  }

  @Test
  void avroToolsReadAChunkOfCassandra() throws Exception {
    readsChunks(TestCassandra.config());
  }

  private void readsChunks(Map<String, String> config) throws Exception {
    Claim claim = deposit(config, 2500);
    Path first = directory.resolve("first.avro");
    Path last = directory.resolve("last.avro");
    try (ClaimStore store = TestCassandra.store(config)) {
      Files.write(first, store.get(claim.id(), 0).toCompletableFuture().join());
      Files.write(last, store.get(claim.id(), 2).toCompletableFuture().join());
    }

    List<String> rows = tool("tojson", first);
    assertThat(rows).hasSize(1000);
    assertThat(rows.get(7)).contains("\"id\":{\"long\":7}").contains("\"full_name\":");
    assertThat(tool("tojson", last)).hasSize(500);
    assertThat(tool("getmeta", last))
        .contains(
            "avro.codec\tzstandard",
            "distributary.topic\tshop.tools",
            "distributary.lsn\t7",
            "distributary.claim\t" + claim.id(),
            "distributary.chunk\t2",
            "distributary.first\t2000");
    assertThat(String.join("", tool("getschema", last))).contains("\"shop.tools");
  }

  private static Claim deposit(Map<String, String> config, int rows) {
    try (ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      deposit.configure(config);
      SourceRecord record = deposit.apply(Units.of("tools").unit(7, rows).get(0));
      return Claim.of(((Struct) record.value()).getStruct("claim"));
    }
  }

  /** What {@code java -jar avro-tools.jar TOOL FILE} prints. */
  private List<String> tool(String name, Path file) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(List.of(java.toString(), "-jar", TOOLS.toString()));
    command.addAll(List.of(name, file.toString()));
    File errors = directory.resolve("errors.txt").toFile();
    Process process = new ProcessBuilder(command).redirectError(errors).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(errors.toPath())).isZero();
    return output.lines().toList();
  }
}
