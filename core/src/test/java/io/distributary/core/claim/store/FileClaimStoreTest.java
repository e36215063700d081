package io.distributary.core.claim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimStoreContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileClaimStoreTest extends ClaimStoreContract {
  @TempDir Path temp;

  @Override
  protected ClaimStore open() {
    return open(temp.resolve("not/yet/there"));
  }

  private static ClaimStore open(Path directory) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "claim.");
    return ClaimStores.open(
        new AbstractConfig(
            definition,
            Map.of("claim.store", "file", "claim.file.directory", directory.toString()),
            false),
        "claim.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", ".", "", "../x", "a/b", "/etc", "a\u0000", "a\\..\\b", "ä"})
  void noIdLeavesTheDirectory(String id) throws IOException {
    try (ClaimStore store = open(temp.resolve("claims"))) {
      assertThatThrownBy(() -> store.put(id, 0, new byte[1]).toCompletableFuture().join())
          .isInstanceOf(CompletionException.class)
          .hasMessageContaining("not the id of a claim");
      assertThatThrownBy(() -> store.get(id, 0).toCompletableFuture().join())
          .hasMessageContaining("not the id of a claim");
      assertThatThrownBy(() -> store.delete(id, 1, Instant.now()))
          .hasMessageContaining("not the id of a claim");
    }
    try (Stream<Path> files = Files.walk(temp)) {
      assertThat(files.filter(Files::isRegularFile)).isEmpty();
    }
  }

  @Test
  void aLinkDoesNotLeaveTheDirectoryEither() throws IOException {
    Path claims = Files.createDirectory(temp.resolve("claims"));
    Path elsewhere = Files.createDirectory(temp.resolve("elsewhere"));
    Files.createSymbolicLink(claims.resolve("claim"), elsewhere);

    try (ClaimStore store = open(claims)) {
      assertThatThrownBy(() -> store.put("claim", 0, new byte[1]).toCompletableFuture().join())
          .hasMessageContaining("not the id of a claim");
    }
    assertThat(elsewhere).isEmptyDirectory();
  }

  @Test
  void nothingButChunksIsLeftBehind() throws IOException {
    try (ClaimStore store = open(temp)) {
      store.check();
      store.put("claim", 0, new byte[1]).toCompletableFuture().join();
      store.put("claim", 0, new byte[1]).toCompletableFuture().join();
    }
    try (Stream<Path> files = Files.walk(temp)) {
      assertThat(files.filter(Files::isRegularFile))
          .containsExactly(temp.resolve("claim/00000.avro"));
    }
  }

  @Test
  void aTemporaryFileLeftByACrashIsNoChunkAndGoesWithItsClaim() throws IOException {
    try (ClaimStore store = open(temp)) {
      store.put("claim", 0, new byte[1]).toCompletableFuture().join();
      Files.write(temp.resolve("claim/00001.avro.x.tmp"), new byte[7]);

      assertThat(store.list())
          .singleElement()
          .satisfies(listed -> assertThat(listed.chunks()).isEqualTo(1));
      assertThat(store.get("claim", 1).toCompletableFuture().join()).isNull();
      store.delete("claim", 1, Instant.now());
      assertThat(temp).isEmptyDirectory();
    }
  }

  @Test
  void aPlaceThatIsNoDirectoryIsNotTriedAgain() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));

    try (ClaimStore store = open(file)) {
      assertThatThrownBy(store::check)
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(RetriableException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("file.directory");
    }
  }

  @Test
  void theDirectoryMustBeNamedByItsAbsolutePath() {
    assertThatThrownBy(() -> open(Path.of("claims")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("claim.file.directory");
    assertThatThrownBy(() -> open(Path.of("")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("claim.file.directory");
  }
}
