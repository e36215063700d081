package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Locks of others are waited for, and ours are short. */
@ParameterizedClass
@ValueSource(strings = {"WAL", "DELETE"})
class BusyTest {
  @Parameter String journalMode;
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, journalMode);
    source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES (1, 'a')");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aLockedDatabaseIsWaitedForWhileRunning() throws Exception {
    source.start().slices();
    source.sql("BEGIN EXCLUSIVE", "INSERT INTO t VALUES (2, 'b')", "CREATE TABLE other(a)");
    assertThat(source.capture.poll(Duration.ofMillis(50))).isNull();
    source.sql("COMMIT");
    assertThat(source.changes()).containsExactly("t c[2, b]", "other empty");
  }

  @Test
  void aLockedDatabaseIsWaitedForWhenTheTriggersAreToBeInstalled() throws Exception {
    source.sql("BEGIN EXCLUSIVE");
    CompletableFuture<SqliteCapture> opened =
        CompletableFuture.supplyAsync(() -> SqliteCapture.open(source.settings, null));
    assertThat(opened).isNotDone();
    source.sql("COMMIT");
    source.capture = opened.get(20, TimeUnit.SECONDS);
    assertThat(source.changes()).containsExactly("t r[1, a]");
  }

  @Test
  void aDatabaseThatStaysLockedEndsTheCaptureWithAReason() throws Exception {
    source.settings = source.settings.times(Duration.ofMillis(1), Duration.ofMillis(10));
    source.sql("BEGIN EXCLUSIVE");
    assertThatThrownBy(source::start)
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("could not be used")
        .hasMessageContaining("SQLITE_BUSY");
    source.sql("COMMIT");
  }

  @Test
  void pruningYieldsToAWriterAndIsMadeUpFor() throws Exception {
    source.start().slices();
    source.sql("UPDATE t SET v = 1", "UPDATE t SET v = 2");
    source.slices();
    source.sql("BEGIN IMMEDIATE", "UPDATE t SET v = 3");
    source.capture.acknowledged(source.bookmark);
    assertThat(source.capture.poll(Duration.ofMillis(20))).isNull();
    source.sql("COMMIT");
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while ((Integer) source.value("SELECT count(*) FROM distributary_log") > 2) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      source.slices();
    }
    source.assertConverged();
  }

  @Test
  void writersThatDoNotWaitAreNeverHeldUpByAnIdleCapture() throws Exception {
    source.start().slices();
    source.capture.poll(Duration.ZERO);
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 0");
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("INSERT INTO t VALUES (2, 'b')");
      statement.execute("COMMIT");
    }
    assertThat(source.changes()).containsExactly("t c[2, b]");
  }
}
