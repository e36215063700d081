package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole tables at a known LSN, among the changes. */
@ParameterizedClass
@ValueSource(strings = {"WAL", "DELETE", "TRUNCATE"})
class SnapshotsTest {
  @Parameter String journalMode;
  @TempDir Path directory;
  private SourceFixture source;
  private Path copies;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture(directory, journalMode);
    copies = Files.createDirectory(directory.resolve("copies"));
    source.settings = source.settings.copies(copies).slices(10, 1_000_000);
    source.sql(
        "CREATE TABLE a(id INTEGER PRIMARY KEY, v)",
        "CREATE TABLE b(id INTEGER PRIMARY KEY, v)",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, v)",
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 25)"
            + " INSERT INTO a SELECT i, 'a' || i FROM n",
        "INSERT INTO b VALUES (1, 'b')");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
    assertThat(copies).isEmptyDirectory();
  }

  private Slice next() throws Exception {
    return source.awaited();
  }

  @Test
  void eachTableIsOneUnitAtOneLsnAndTheEmptyOneToo() throws Exception {
    source.start();
    List<Slice> slices = source.slices();
    assertThat(slices)
        .extracting(s -> s.table().id().name())
        .containsExactly("a", "a", "a", "b", "c");
    assertThat(slices).extracting(s -> s.changes().size()).containsExactly(10, 10, 5, 1, 0);
    assertThat(slices)
        .extracting(Slice::endOfTransaction)
        .containsExactly(false, false, true, true, true);
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.SNAPSHOT);
    assertThat(slices)
        .extracting(s -> s.header().position().lsn())
        .containsOnly((Long) source.bookmark.get("lsn"));
    assertThat(slices)
        .flatExtracting(Slice::changes)
        .extracting(c -> c.op().code())
        .containsOnly("r");
    source.assertConverged();
    source.restart();
    assertThat(source.slices()).isEmpty();
  }

  @Test
  void writersGoOnDuringASnapshotWhichDoesNotSeeThem() throws Exception {
    source.start();
    next();
    assertThat(source.capture.metrics().tables())
        .containsEntry("a", "snapshot")
        .containsEntry("b", "waiting_for_snapshot");
    assertThat(source.capture.metrics().snapshotRowsRead()).isEqualTo(10);
    assertThat(source.capture.metrics().snapshotRowsTotal()).isEqualTo(26);

    source.shell("PRAGMA busy_timeout = 0; DELETE FROM a WHERE id > 20; UPDATE a SET v = 'new';");

    assertThat(next().changes()).hasSize(10);
    assertThat(next().changes()).hasSize(5).allMatch(c -> c.after()[1].toString().startsWith("a"));
    source.slices();
    source.assertConverged();
    assertThat(source.replica.rows("a")).hasSize(20);
  }

  @Test
  void aRestartBetweenTwoSnapshotsMakesOnlyThoseThatAreMissing() throws Exception {
    source.start();
    next();
    next();
    next();
    source.sql("UPDATE a SET v = 'x' WHERE id = 1");

    source.restart();

    assertThat(source.slices())
        .extracting(s -> s.table().id().name() + " " + s.header().kind().code())
        .containsExactly("a update", "b snapshot", "c snapshot");
    source.assertConverged();
  }

  @Test
  void snapshotsThatBelongTogetherAreMadeTogetherAgain() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, true, true);
    source.start();
    next();
    next();
    assertThat(next().endOfTransaction()).isTrue();

    source.restart();

    assertThat(source.slices())
        .extracting(s -> s.table().id().name())
        .containsExactly("a", "a", "a", "b", "c");
    source.restart();
    assertThat(source.slices()).isEmpty();
  }

  @Test
  void aSignalRowBringsASnapshotAfterTheChangesUpToIt() throws Exception {
    source.start().slices();
    source.shell(
        "INSERT INTO b VALUES (2, 'c');"
            + " INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 'A');"
            + " UPDATE a SET v = 'never alone'; INSERT INTO b VALUES (3, 'd');");
    assertThat(source.slices())
        .extracting(
            s -> s.table().id().name() + " " + s.header().kind().code() + " " + s.changes().size())
        .containsExactly("b update 2", "a snapshot 10", "a snapshot 10", "a snapshot 5");
    source.assertConverged();
    source.restart();
    assertThat(source.slices()).isEmpty();
  }

  @Test
  void signalRowsAreRemovedOnceTheirSnapshotIsAcknowledged() throws Exception {
    source.start().slices();
    source.sql(
        "INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 'b'), ('dance', 'a')");
    source.slices();
    assertThat(source.value("SELECT count(*) FROM distributary_signal")).isEqualTo(2);

    source.capture.acknowledged(source.bookmark);

    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while ((Integer) source.value("SELECT count(*) FROM distributary_signal") > 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      source.capture.poll(Duration.ofMillis(20));
    }
  }

  @Test
  void askingTwiceForASnapshotIsAskingOnce() throws Exception {
    source.start().slices();
    source.capture.requestSnapshot("b");
    source.capture.requestSnapshot("b");
    source.capture.requestSnapshot("no such table");
    assertThat(source.changes()).containsExactly("b r[1, b]");
  }

  @Test
  void aRequestSurvivesARestart() throws Exception {
    source.start().slices();
    Map<String, Object> before = source.bookmark;
    source.capture.requestSnapshot("b");
    source.slices();
    source.stop();
    source.bookmark = before;
    source.start();
    assertThat(source.changes()).containsExactly("b r[1, b]");
  }

  @Test
  void withoutInitialSnapshotsOnlyChangesAreSent() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, true, false);
    source.start();
    source.sql("INSERT INTO b VALUES (2, 'c')");
    assertThat(source.changes()).containsExactly("b c[2, c]");
    source.sql("CREATE TABLE d(id INTEGER PRIMARY KEY)");
    assertThat(source.changes()).isEmpty();
    source.sql("INSERT INTO d VALUES (1)");
    assertThat(source.changes()).containsExactly("d c[1]");
    source.capture.requestSnapshot("b");
    assertThat(source.changes()).containsExactly("b r[1, b]", "b r[2, c]");
  }

  @Test
  void aLargeTransactionIsReadWithoutHoldingUpWriters() throws Exception {
    source.start().slices();
    source.sql(
        "WITH n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 1099)"
            + " INSERT INTO a SELECT i, 'x' FROM n");
    assertThat(next().changes()).hasSize(10);
    source.shell("PRAGMA busy_timeout = 0; UPDATE a SET v = 'y' WHERE id > 600;");
    source.slices();
    source.assertConverged();
  }

  @Test
  void theJournalModeMayChange() throws Exception {
    source.start().slices();
    source.stop();
    source.sql("PRAGMA journal_mode = " + (journalMode.equals("WAL") ? "DELETE" : "WAL"));
    source.start();
    source.sql("UPDATE a SET v = 'z'");
    source.slices();
    source.assertConverged();
  }
}
