package io.distributary.smt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.ClaimStoreContract;
import io.distributary.quickstart.launcher.Await;
import io.distributary.quickstart.launcher.Cassandra;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

/** The store's contract on a real Cassandra, and what only holds there. */
class CassandraClaimStoreIT extends ClaimStoreContract {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Override
  protected ClaimStore open() {
    return TestCassandra.store(TestCassandra.config());
  }

  @Test
  void withoutPermissionToCreateTheErrorQuotesTheStatements() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.auto.create", "false");
    config.put("cassandra.keyspace", "absent");

    try (ClaimStore store = TestCassandra.store(config)) {
      assertThatThrownBy(store::check)
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(RetriableException.class)
          .hasMessageContaining("no keyspace absent")
          .hasMessageContaining("cassandra.auto.create")
          .hasMessageContaining("CREATE KEYSPACE IF NOT EXISTS absent")
          .hasMessageContaining("CREATE TABLE IF NOT EXISTS absent.claims");
    }
  }

  @Test
  void aMissingTableInAKeyspaceThatIsThereIsCreated() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.table", "another_Table");

    try (ClaimStore store = TestCassandra.store(config)) {
      put(store, "claim", 0, new byte[] {1});
      assertThat(store.get("claim", 0).toCompletableFuture().join()).containsExactly(1);
    }
    config.put("cassandra.auto.create", "false");
    try (ClaimStore store = TestCassandra.store(config)) {
      store.check();
    }
  }

  @Test
  void manyMayCreateTheTableAtOnce() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.keyspace", "raced");

    java.util.stream.IntStream.range(0, 4)
        .parallel()
        .forEach(
            i -> {
              try (ClaimStore store = TestCassandra.store(config)) {
                put(store, "claim", i, new byte[] {(byte) i});
              }
            });

    try (ClaimStore store = TestCassandra.store(config)) {
      assertThat(store.list())
          .singleElement()
          .satisfies(claim -> assertThat(claim.bytes()).isEqualTo(4));
    }
  }

  @Test
  void chunksExpire() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.ttl.seconds", "2");

    try (ClaimStore store = TestCassandra.store(config)) {
      put(store, "short-lived", 0, new byte[] {1});
      Await.until(
          "expiry", LIMIT, () -> store.get("short-lived", 0).toCompletableFuture().join() == null);
      assertThat(store.list()).noneMatch(claim -> claim.id().equals("short-lived"));
    }
  }

  @Test
  void writingAChunkAgainGivesItAnotherLife() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.ttl.seconds", "2");

    try (ClaimStore shortLived = TestCassandra.store(config);
        ClaimStore store = open()) {
      put(shortLived, "renewed", 0, new byte[] {1});
      put(shortLived, "left", 0, new byte[] {1});
      put(store, "renewed", 0, new byte[] {1});
      Await.until("expiry", LIMIT, () -> store.get("left", 0).toCompletableFuture().join() == null);
      assertThat(store.get("renewed", 0).toCompletableFuture().join()).containsExactly(1);
    }
  }

  @Test
  void aChunkTooLargeForTheClusterIsAClearError() {
    byte[] chunk = new byte[20 << 20];
    new Random(1).nextBytes(chunk);

    try (ClaimStore store = open()) {
      assertThatThrownBy(() -> put(store, "large", 0, chunk))
          .isInstanceOf(ConnectException.class)
          .isNotInstanceOf(RetriableException.class)
          .hasMessageContaining("large")
          .hasMessageContaining("chunk.bytes");
    }
  }

  @Test
  void aClusterThatCannotBeReachedIsTriedAgain() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.contact.points", "127.0.0.1:1");

    try (ClaimStore store = TestCassandra.store(config)) {
      assertThatThrownBy(store::check).isInstanceOf(RetriableException.class);
      assertThatThrownBy(() -> put(store, "claim", 0, new byte[1]))
          .isInstanceOf(RetriableException.class)
          .hasMessageContaining("127.0.0.1:1");
    }
  }

  @Test
  void aWrongDatacenterIsNotTriedForEver() {
    Map<String, String> config = TestCassandra.config();
    config.put("cassandra.local.datacenter", "elsewhere");

    try (ClaimStore store = TestCassandra.store(config)) {
      assertThatThrownBy(store::check)
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("elsewhere");
    }
  }

  @Test
  void anotherThreadContextLoaderDoesNotMatter() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try (ClaimStore store = open()) {
      store.check();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void whatWasStoredOutlivesAKilledNode() {
    Cassandra node = TestCassandra.node();
    try (ClaimStore store = open()) {
      for (int i = 0; i < 20; i++) {
        put(store, "durable", i, new byte[] {(byte) i});
      }

      node.kill();
      assertThatThrownBy(() -> put(store, "durable", 20, new byte[] {20}))
          .isInstanceOf(RetriableException.class);
      node.start();
      node.awaitReady();

      // The same session finds the node again by itself.
      Await.until("answer", LIMIT, () -> written(store));
      for (int i = 0; i < 21; i++) {
        assertThat(store.get("durable", i).toCompletableFuture().join()).containsExactly(i);
      }
    }
  }

  private static boolean written(ClaimStore store) {
    try {
      put(store, "durable", 20, new byte[] {20});
      return true;
    } catch (RetriableException e) {
      return false;
    }
  }

  private static void put(ClaimStore store, String claim, int chunk, byte[] bytes) {
    try {
      store.put(claim, chunk, bytes).toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (ConnectException) e.getCause();
    }
  }
}
