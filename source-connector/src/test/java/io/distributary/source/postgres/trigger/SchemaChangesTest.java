package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.source.capture.Slice;
import io.distributary.source.postgres.SnapshotMode;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that are altered while they are captured, or while nobody watches. */
class SchemaChangesTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    source.sql(
        "CREATE TABLE t(x integer, id integer PRIMARY KEY, v text)",
        "INSERT INTO t VALUES (10, 1, 'a')");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aTableCreatedLaterIsSnapshottedAndFollowed() throws Exception {
    source.sql("CREATE TABLE u(id integer PRIMARY KEY)", "INSERT INTO u VALUES (1)");
    assertThat(source.changes()).containsExactly("u r[1]");
    source.sql("INSERT INTO u VALUES (2)");
    assertThat(source.changes()).containsExactly("u c[2]");
  }

  @Test
  void anAddedColumnThatIsNullCostsNothing() throws Exception {
    source.sql("ALTER TABLE t ADD COLUMN w integer");
    assertThat(source.changes()).isEmpty();
    source.sql("UPDATE t SET w = 5");
    assertThat(source.changes()).containsExactly("t u[10, 1, a, 5]");
  }

  @Test
  void anAddedColumnWithADefaultIsReadAnew() throws Exception {
    source.sql("ALTER TABLE t ADD COLUMN w integer DEFAULT 5");
    assertThat(source.changes()).containsExactly("t r[10, 1, a, 5]");
  }

  @Test
  void droppedRenamedAndRetypedColumnsAreReadAnew() throws Exception {
    source.sql("ALTER TABLE t DROP COLUMN x");
    assertThat(source.changes()).containsExactly("t r[1, a]");
    source.sql("ALTER TABLE t RENAME v TO w");
    assertThat(source.slices())
        .singleElement()
        .satisfies(slice -> assertThat(slice.table().columns().get(1).name()).isEqualTo("w"));
    source.sql("ALTER TABLE t ALTER w TYPE varchar(20)");
    assertThat(source.changes()).containsExactly("t r[1, a]");
    source.sql("UPDATE t SET w = 'b'");
    assertThat(source.changes()).containsExactly("t u[1, b]");
  }

  @Test
  void aWriteNeverFailsBecauseOfAnAlteredKey() throws Exception {
    source.stop();
    // All in one session, whose plans are those of the table as it was.
    source.sql(
        "UPDATE t SET v = 'b'",
        "ALTER TABLE t RENAME id TO number",
        "UPDATE t SET v = 'c'",
        "ALTER TABLE t ALTER number TYPE bigint",
        "UPDATE t SET v = 'd'",
        "INSERT INTO t VALUES (20, 2, 'e')",
        "ALTER TABLE t DROP COLUMN x",
        "UPDATE t SET v = 'f'",
        "ALTER TABLE t DROP COLUMN v",
        "INSERT INTO t VALUES (3)",
        "DELETE FROM t WHERE number = 2");
    source.start();
    assertThat(source.changes()).containsExactlyInAnyOrder("t r[1]", "t r[3]");
    source.sql("INSERT INTO t VALUES (4)");
    assertThat(source.changes()).containsExactly("t c[4]");
    source.assertConverged();
  }

  @Test
  void anAlteredKeyIsReadAnew() throws Exception {
    source.sql("ALTER TABLE t DROP CONSTRAINT t_pkey", "ALTER TABLE t ADD PRIMARY KEY (x)");
    assertThat(source.changes()).containsExactly("t r[10, 1, a]");
    source.sql("UPDATE t SET id = 2", "UPDATE t SET x = 11");
    assertThat(source.changes()).containsExactly("t d[10]", "t c[11, 2, a]");
  }

  @Test
  void aTableReplacedByAnotherOfItsNameIsReadAnew() throws Exception {
    source.transaction(
        "CREATE TABLE n(x integer, id integer PRIMARY KEY, v text)",
        "INSERT INTO n VALUES (1, 7, 'new')",
        "DROP TABLE t",
        "ALTER TABLE n RENAME TO t");
    assertThat(source.changes()).containsExactly("t r[1, 7, new]");
    source.sql("UPDATE t SET v = 'newer'");
    assertThat(source.changes()).containsExactly("t u[1, 7, newer]");
    assertThat(source.value("SELECT count(*) FROM distributary.distributary_table")).isEqualTo("1");
  }

  @Test
  void aDroppedTableIsForgotten() throws Exception {
    source.sql("DROP TABLE t");
    assertThat(source.changes()).isEmpty();
    assertThat(source.capture.metrics().tables()).isEmpty();
    assertThat(source.value("SELECT count(*) FROM pg_proc WHERE proname LIKE 'distributary\\_%'"))
        .isEqualTo("0");
  }

  @Test
  void triggersDisabledForAWhileAreNoticed() throws Exception {
    source.sql(
        "ALTER TABLE t DISABLE TRIGGER ALL",
        "INSERT INTO t VALUES (20, 2, 'unseen')",
        "ALTER TABLE t ENABLE TRIGGER ALL");
    assertThat(source.changes()).containsExactlyInAnyOrder("t r[10, 1, a]", "t r[20, 2, unseen]");
    source.sql("UPDATE t SET v = 'seen' WHERE id = 2");
    assertThat(source.changes()).containsExactly("t u[20, 2, seen]");
  }

  @Test
  void aDroppedTriggerIsNoticedAndMadeAgain() throws Exception {
    source.stop();
    source.sql("DROP TRIGGER distributary_update ON t", "UPDATE t SET v = 'unseen'");
    source.start();
    assertThat(source.changes()).containsExactly("t r[10, 1, unseen]");
    source.sql("UPDATE t SET v = 'seen'");
    assertThat(source.changes()).containsExactly("t u[10, 1, seen]");
  }

  @Test
  void withoutSnapshotsAnAlteredTableGoesOn() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, true, false);
    source.restart();
    source.sql("ALTER TABLE t DROP COLUMN x", "UPDATE t SET v = 'b'");
    assertThat(source.slices()).allSatisfy(slice -> assertThat(slice.table().columns()).hasSize(2));
    source.sql("UPDATE t SET v = 'c'");
    assertThat(source.changes()).containsExactly("t u[1, c]");
  }

  @Test
  void aTableIsNotAlteredWhileItIsRead() throws Exception {
    source.sql("INSERT INTO t SELECT i, i, 'x' FROM generate_series(2, 50) i");
    source.settings = source.settings.slices(5, 1_000_000);
    source.restart();
    Slice first = source.awaited();
    assertThat(first.endOfTransaction()).isFalse();
    Thread altering =
        new Thread(
            () -> {
              try (Connection other = source.connect()) {
                SourceFixture.sql(other, "TRUNCATE t", "ALTER TABLE t DROP COLUMN x");
              } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    altering.start();
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while ("0".equals(source.value("SELECT count(*) FROM pg_locks WHERE NOT granted"))) {
      assertThat(System.nanoTime()).as("somebody waits").isLessThan(deadline);
    }
    int rows = first.changes().size();
    Slice slice = first;
    while (!slice.endOfTransaction()) {
      slice = source.awaited();
      rows += slice.changes().size();
    }
    assertThat(rows).isEqualTo(49);
    source.capture.poll(Duration.ZERO);
    altering.join();
    assertThat(source.changes()).containsExactly("t empty");
  }

  @Test
  void enumerationsGrow() throws Exception {
    source.sql(
        "CREATE TYPE mood AS ENUM ('sad')",
        "CREATE TABLE m(id integer PRIMARY KEY, mood mood)",
        "INSERT INTO m VALUES (1, 'sad')");
    source.slices();
    source.sql("ALTER TYPE mood ADD VALUE 'happy'", "INSERT INTO m VALUES (2, 'happy')");
    List<Slice> slices = source.slices();
    assertThat(slices).singleElement().satisfies(s -> assertThat(s.changes()).hasSize(1));
    source.assertConverged();
  }
}
