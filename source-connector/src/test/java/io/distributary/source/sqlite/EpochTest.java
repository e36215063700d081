package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.Slice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that is not the one that was read is noticed, whatever happened to it. */
@ParameterizedClass
@ValueSource(strings = {"WAL", "DELETE"})
class EpochTest {
  @Parameter String journalMode;
  @TempDir Path directory;
  private SourceFixture source;
  private Path older;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, journalMode);
    source.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES (1, 'a')");
    source.start().slices();
    source.sql("INSERT INTO t VALUES (2, 'b')");
    source.slices();
    older = directory.resolve("older.db");
    source.sql("VACUUM INTO '" + older + "'");
    source.sql("INSERT INTO t VALUES (3, 'c')", "UPDATE t SET v = 'later'");
    source.slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  /** Puts the older copy in the place of the source, as one does when nobody uses it. */
  private void restoreOlder() throws Exception {
    source.writer.close();
    Files.deleteIfExists(directory.resolve("source.db-wal"));
    Files.deleteIfExists(directory.resolve("source.db-shm"));
    Files.move(older, source.file, StandardCopyOption.REPLACE_EXISTING);
  }

  private void write(String... statements) throws Exception {
    try (Connection connection = source.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void assertNewEpochWithSnapshots(String before) throws Exception {
    List<Slice> slices = source.slices();
    assertThat(slices).isNotEmpty();
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.SNAPSHOT);
    assertThat(slices).extracting(s -> s.header().position().epoch()).doesNotContain(before);
    assertThat(source.bookmark.get("epoch")).isNotEqualTo(before);
    try (Connection reader = source.connect()) {
      assertThat(source.replica.rows("t"))
          .containsExactlyInAnyOrderElementsOf(source.replica.sourceRows(reader, "t"));
    }
  }

  private String epoch() {
    return (String) source.bookmark.get("epoch");
  }

  @Test
  void anOlderCopyIsNoticedOnStart() throws Exception {
    String before = epoch();
    source.stop();
    restoreOlder();
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void anOlderCopyThatWasWrittenToBeyondTheBookmarkIsNoticed() throws Exception {
    String before = epoch();
    source.stop();
    restoreOlder();
    write("INSERT INTO t VALUES (30, 'x'), (31, 'x'), (32, 'x'), (33, 'x'), (34, 'x'), (35, 'x')");
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void aFileReplacedWhileRunningIsNoticed() throws Exception {
    String before = epoch();
    restoreOlder();
    write("INSERT INTO t VALUES (30, 'x')");
    assertNewEpochWithSnapshots(before);
    write("INSERT INTO t VALUES (31, 'y')");
    assertThat(source.changes()).containsExactly("t c[31, y]");
  }

  @Test
  void aFileThatIsGoneForAWhileIsWaitedFor() throws Exception {
    String before = epoch();
    source.writer.close();
    Files.deleteIfExists(directory.resolve("source.db-wal"));
    Files.deleteIfExists(directory.resolve("source.db-shm"));
    Files.delete(source.file);
    assertThat(source.capture.poll(Duration.ofMillis(50))).isNull();
    assertThat(source.file).doesNotExist();
    Files.move(older, source.file);
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void aFileThatStaysAwayEndsTheCaptureInTheEnd() throws Exception {
    source.settings = source.settings.times(Duration.ofMillis(1), Duration.ofMillis(30));
    source.restart();
    source.writer.close();
    Files.delete(source.file);
    assertThatThrownBy(() -> source.capture.poll(Duration.ofSeconds(20)))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("could not be used")
        .hasMessageContaining("source.db");
    assertThat(source.file).doesNotExist();
  }

  @Test
  void aRestoreInPlaceIsNoticed() throws Exception {
    String before = epoch();
    source.shell(".restore " + older + "\n");
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void anotherDatabaseInItsPlaceIsNoticed() throws Exception {
    String before = epoch();
    source.stop();
    source.writer.close();
    Files.deleteIfExists(directory.resolve("source.db-wal"));
    Files.deleteIfExists(directory.resolve("source.db-shm"));
    Files.delete(source.file);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + source.file);
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)");
      statement.execute("INSERT INTO t VALUES (7, 'other')");
    }
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void anEmptiedLogIsNoticedWhileRunningAndOnStart() throws Exception {
    String before = epoch();
    source.sql("DELETE FROM distributary_log");
    assertNewEpochWithSnapshots(before);

    before = epoch();
    source.stop();
    source.sql("DELETE FROM distributary_log", "UPDATE t SET v = 'unseen'");
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void aDroppedLogIsNoticedAndMadeAgain() throws Exception {
    String before = epoch();
    source.sql("DROP TABLE distributary_log");
    assertNewEpochWithSnapshots(before);
    // Not by the connection that dropped it: SQLite does not look again for tables of triggers.
    write("INSERT INTO t VALUES (9, 'i')");
    assertThat(source.changes()).containsExactly("t c[9, i]");
  }

  @Test
  void everythingRemovedWhileNobodyWatchedIsANewHistory() throws Exception {
    String before = epoch();
    source.stop();
    SqliteInstallation.remove(source.file);
    source.sql("UPDATE t SET v = 'unseen'");
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void aBookmarkThatAUserMovedBackBeyondTheLogIsANewHistory() throws Exception {
    String before = epoch();
    source.stop();
    source.bookmark = new HashMap<>(source.bookmark);
    source.bookmark.put("lsn", 1L);
    source.start();
    assertNewEpochWithSnapshots(before);
  }

  @Test
  void withoutSnapshotsALostHistoryIsAnError() throws Exception {
    source.stop();
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, true, false);
    source.sql("DELETE FROM distributary_log");
    source.start();
    assertThatThrownBy(() -> source.capture.poll(Duration.ZERO))
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("is not the one that was read")
        .hasMessageContaining("snapshot=when_needed");
  }

  @Test
  void aCopyMovedToItsPlaceUnchangedGoesOn() throws Exception {
    String before = epoch();
    source.stop();
    source.sql("PRAGMA wal_checkpoint(TRUNCATE)");
    Path same = directory.resolve("same.db");
    source.sql("VACUUM INTO '" + same + "'");
    older = same;
    restoreOlder();
    write("INSERT INTO t VALUES (4, 'd')");
    source.start();
    assertThat(source.changes()).containsExactly("t c[4, d]");
    assertThat(epoch()).isEqualTo(before);
  }
}
