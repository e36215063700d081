package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A database has one connector only. */
class OwnershipTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path directory;
  private SourceFixture source;

  @AfterEach
  void close() throws SQLException {
    source.close();
  }

  private void captured(String journalMode) throws SQLException {
    source = new SourceFixture(directory, journalMode);
    source.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, v)");
    source.settings = source.settings.ownedBy("first");
    source.start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"WAL", "DELETE"})
  void aSecondConnectorIsRefusedWhileTheFirstIsAliveAndChangesNothing(String journalMode)
      throws Exception {
    captured(journalMode);
    source.changes();
    Object schema = source.value("PRAGMA schema_version");

    assertThat(
            refusal(
                "second", source.settings.tables(java.util.List.of("other"), java.util.List.of())))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("source.db is captured by the connector 'first'")
        .hasMessageContaining("restart 'second'");

    assertThat(source.value("PRAGMA schema_version")).isEqualTo(schema);
    source.sql("INSERT INTO t VALUES (1, 'a')");
    assertThat(source.changes()).containsExactly("t c[1, a]");
  }

  @Test
  void theFirstRefusesASecondOneAlsoDuringALongRead() throws Exception {
    captured("WAL");
    source.stop();
    source.settings = source.settings.slices(1, 1_000_000);
    source.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
            + " INSERT INTO t SELECT i, 'x' FROM n");
    source.start();
    source.awaited();
    assertThat(refusal("second", source.settings)).hasMessageContaining("'first'");
    assertThat(source.awaited().endOfTable()).as("the end of the read").isFalse();
  }

  /** How a second connector fails while the first one works on. */
  private Throwable refusal(String name, SqliteCaptureSettings settings) throws Exception {
    CompletableFuture<SqliteCapture> second =
        CompletableFuture.supplyAsync(() -> SqliteCapture.open(settings.ownedBy(name), null));
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      source.capture.poll(Duration.ZERO);
      try {
        second.get(20, TimeUnit.MILLISECONDS).close();
        throw new AssertionError("The second connector was let in");
      } catch (ExecutionException e) {
        return e.getCause();
      } catch (TimeoutException notYet) {
        // The first works on.
      }
    }
    throw new AssertionError("The second connector still waits");
  }

  @Test
  void aConnectorThatWasStoppedLeavesTheDatabaseToAnotherAtOnce() throws Exception {
    captured("WAL");
    source.stop();
    try (Ownership second = Ownership.take(source.file, "second", LIMIT)) {
      second.defend();
      assertThat(source.value("SELECT value FROM distributary_meta WHERE name = 'owner'"))
          .isEqualTo("second");
    }
    assertThat(source.value("SELECT count(*) FROM distributary_meta WHERE name LIKE 'owner%'"))
        .isEqualTo(0);
  }

  @Test
  void aConnectorThatDoesNotAnswerLosesTheDatabaseAndStopsWhenItComesBack() throws Exception {
    captured("WAL");
    try (Ownership second = Ownership.take(source.file, "second", Duration.ofMillis(100))) {
      second.defend();
      assertThatThrownBy(this::pollOn)
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("taken over by the connector 'second'")
          .hasMessageContaining("'first'");
      source.stop();
      assertThat(source.value("SELECT value FROM distributary_meta WHERE name = 'owner'"))
          .as("what is no longer its own it does not give away")
          .isEqualTo("second");
    }
  }

  @Test
  void whatIsLeftOfATaskThatWasStartedAnewElsewhereStops() throws Exception {
    captured("WAL");
    try (Ownership anew = Ownership.take(source.file, "first", LIMIT)) {
      anew.defend();
      assertThatThrownBy(this::pollOn)
          .isInstanceOf(CaptureException.class)
          .hasMessageContaining("Connect started another task");
    }
  }

  @Test
  void anOwnerWhoseMarksWereRemovedMakesThemAnew() throws Exception {
    captured("WAL");
    source.sql("DELETE FROM distributary_meta WHERE name LIKE 'owner%'");
    long deadline = System.nanoTime() + LIMIT.toNanos();
    String owner = "SELECT value FROM distributary_meta WHERE name = 'owner'";
    while (source.value(owner) == null && System.nanoTime() < deadline) {
      source.capture.poll(Duration.ofMillis(20));
    }
    assertThat(source.value(owner)).isEqualTo("first");
  }

  private void pollOn() throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < deadline) {
      source.capture.poll(Duration.ofMillis(20));
    }
  }
}
