package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot's new table is renamed after the commit: whatever happens in between. */
@Timeout(120)
class MariaDbSwapTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;
  private static final String OURS =
      "SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
          + " AND table_name LIKE 'distributary_new%' OR table_name LIKE 'distributary_old%'"
          + " UNION ALL SELECT replacement FROM distributary_swap";

  private TargetFixture fixture;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(MariaDbServer.shared().createDatabase());
    reader =
        fixture.database("CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT, price DOUBLE)");
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  /** As a crash of the task does: its connections end, whatever it was about. */
  private void crash() throws SQLException {
    for (String id :
        reader.rows(
            "SELECT id FROM information_schema.processlist WHERE db = database()"
                + " AND id <> connection_id()")) {
      reader.execute("KILL " + id);
    }
    while (!reader
        .value(
            "SELECT count(*) FROM information_schema.processlist WHERE db = database()"
                + " AND id <> connection_id()")
        .equals("0")) {
      Thread.onSpinWait();
    }
  }

  private void assertNothingIsLeft() throws SQLException {
    assertThat(reader.rows(OURS)).isEmpty();
  }

  /** A target whose snapshot is committed, but whose new table a reader keeps from its place. */
  private Target heldUp(Database slow) throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    slow.execute("START TRANSACTION", "SELECT * FROM items");
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    assertThat(target.settles()).isTrue();
    target.commit(at(7));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    return target;
  }

  @Test
  void nothingIsSeenBeforeASnapshotThatAReaderHoldsUp() throws SQLException {
    Database slow = fixture.database();
    Target target = heldUp(slow);
    assertKind(() -> target.apply(update(ITEMS, up(3L, "c", 3.0))), WriteException.Kind.TRANSIENT);
    target.rollback();

    slow.execute("COMMIT");
    target.apply(update(ITEMS, up(3L, "c", 3.0)));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
    target.commit(at(8));

    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|c|3.0");
    assertNothingIsLeft();
  }

  @Test
  void theNextTaskShowsWhatOneHadCommittedBeforeItDied() throws SQLException {
    Database slow = fixture.database();
    heldUp(slow);
    crash();

    assertThat(Targets.open(fixture.settings.done()).claim(List.of(PARTITION))).isEqualTo(at(7));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
    assertNothingIsLeft();
  }

  @Test
  void aTaskTakenForDeadRenamesNothingOfItsSuccessors() throws SQLException {
    Database slow = fixture.database();
    Target zombie = heldUp(slow);
    slow.execute("COMMIT");
    Target owner = fixture.open();
    owner.apply(snapshot(ITEMS, row(5L, "e", 5.0)));

    zombie.apply(update(ITEMS, up(6L, "f", 6.0)));
    assertKind(() -> zombie.commit(at(8)), WriteException.Kind.FENCED);
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");

    owner.commit(at(8));
    assertThat(reader.rows(ALL)).containsExactly("5|e|5.0");
    assertNothingIsLeft();
  }

  @Test
  void aZombiesSnapshotIsNeverShown() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target zombie = fixture.open();
    zombie.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    Target owner = fixture.open();
    assertKind(() -> zombie.commit(at(1)), WriteException.Kind.FENCED);
    owner.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    assertNothingIsLeft();
  }

  @Test
  void whatADeadTaskWasLoadingIsRemoved() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    fixture.open().apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    assertThat(reader.rows(OURS)).hasSize(2);
    crash();
    fixture.open();
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    assertNothingIsLeft();
  }

  @Test
  void whatALivingTaskOfTheSinkIsLoadingIsLeftAlone() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    fixture.open(new TopicPartition("shop.stores", 0));
    target.apply(snapshot(ITEMS, 1, true, row(3L, "c", 3.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|c|3.0");
    assertNothingIsLeft();
  }

  @Test
  void aConnectionLostWhileLoadingIsTriedAgainByANewTarget() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    crash();
    assertKind(
        () -> target.apply(snapshot(ITEMS, 1, true, row(3L, "c", 3.0))),
        WriteException.Kind.TRANSIENT);
    assertThat(target.lost()).isTrue();
    target.close();
    Target next = fixture.open();
    next.apply(snapshot(ITEMS, row(4L, "d", 4.0)));
    next.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("4|d|4.0");
    assertNothingIsLeft();
  }

  @Test
  void changesAfterASnapshotInItsTransactionGoToTheNewTable() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    target.apply(update(ITEMS, up(9L, "z", 9.0)));
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    target.apply(update(ITEMS, up(2L, "x", 2.0), up(3L, "c", 3.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|x|2.0", "3|c|3.0");
    target.apply(update(ITEMS, up(4L, "d", 4.0)));
    target.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("2|x|2.0", "3|c|3.0", "4|d|4.0");
    assertNothingIsLeft();
  }

  @Test
  void theLastOfTwoSnapshotsInATransactionCounts() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    target.apply(snapshot(ITEMS, row(3L, "c", 3.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("3|c|3.0");
    assertNothingIsLeft();
  }

  @Test
  void aPartThatFailsAtItsEndLeavesNoDecisionBehind() throws SQLException {
    reader.execute(
        "INSERT INTO items VALUES (1, 'a', 1)",
        "CREATE TABLE stores (code VARCHAR(9) PRIMARY KEY, city TEXT NOT NULL)",
        "INSERT INTO stores VALUES ('a', 'A')");
    Table stores = table("stores", "*code TEXT", "city TEXT");
    Target target = fixture.open();
    target.apply(update(ITEMS, up(8L, "h", 8.0)));
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    assertThatThrownBy(
            () ->
                target.apply(
                    Sample.part(
                        UnitKind.SNAPSHOT, stores, 1, 1, true, up("b", "B"), up("c", null))))
        .isInstanceOf(WriteException.class);
    target.apply(Sample.part(UnitKind.SNAPSHOT, stores, 1, 1, true, up("b", "B")));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
    assertThat(reader.rows("SELECT * FROM stores")).containsExactly("b|B");
    assertNothingIsLeft();
  }

  @Test
  void aSwapKeepsWhatHangsOnTheTable() throws SQLException {
    reader.execute(
        "DROP TABLE items",
        "CREATE TABLE items (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) COMMENT 'what',"
            + " price DOUBLE DEFAULT 7 CHECK (price < 100), twice DOUBLE AS (price * 2) STORED,"
            + " KEY by_name (name)) COMMENT 'things' AUTO_INCREMENT=500"
            + " PARTITION BY HASH (id) PARTITIONS 3",
        "CREATE VIEW named AS SELECT name FROM items",
        "CREATE OR REPLACE USER swap_reader",
        "GRANT SELECT (id, name), INSERT ON items TO swap_reader",
        "INSERT INTO items (id, name) VALUES (1, 'a')");
    String before = reader.rows("SHOW CREATE TABLE items").get(0);
    List<String> grants = reader.rows("SHOW GRANTS FOR swap_reader");
    assertThat(grants.toString()).contains("items");
    Target target = fixture.open();
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    assertThat(target.settles()).isTrue();
    target.commit(at(1));
    assertThat(reader.rows("SHOW CREATE TABLE items")).containsExactly(before);
    assertThat(reader.rows("SHOW GRANTS FOR swap_reader")).isEqualTo(grants);
    assertThat(reader.rows("SELECT * FROM named")).containsExactly("b");
    assertThat(reader.rows("SELECT twice FROM items")).containsExactly("4.0");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE TRIGGER seen AFTER INSERT ON items FOR EACH ROW SET @seen = 1",
        "CREATE TABLE notes (item BIGINT, FOREIGN KEY (item) REFERENCES items (id))",
        "ALTER TABLE items ADD parent BIGINT INVISIBLE, ADD FOREIGN KEY (parent) REFERENCES items"
            + " (id)",
        "ALTER TABLE items ADD SYSTEM VERSIONING"
      })
  void whatASwapWouldLoseIsMergedInstead(String hindrance) throws SQLException {
    reader.execute("INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)", hindrance);
    String before = reader.rows("SHOW CREATE TABLE items").get(0);
    Target target = fixture.open();
    target.apply(snapshot(ITEMS, row(2L, "x", 2.0), row(3L, "c", 3.0), row(4L, "d", 4.0)));
    assertThat(target.settles()).isFalse();
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|x|2.0", "3|c|3.0", "4|d|4.0");
    assertThat(reader.rows("SHOW CREATE TABLE items")).containsExactly(before);
  }

  @Test
  void aReaderNeverSeesAMixOfSeveralTablesSnapshots() throws Exception {
    reader.execute("CREATE TABLE stores (code VARCHAR(9) PRIMARY KEY, city TEXT)");
    Table stores = table("stores", "*code TEXT", "city TEXT");
    reader.execute("INSERT INTO items VALUES (0, '0', 0)", "INSERT INTO stores VALUES ('0', '0')");
    Target target = fixture.open();
    List<String> mixed = new java.util.concurrent.CopyOnWriteArrayList<>();
    Database other = fixture.database();
    var stop = new java.util.concurrent.atomic.AtomicBoolean();
    Thread watcher =
        new Thread(
            () -> {
              try {
                while (!stop.get()) {
                  String seen =
                      other.value("SELECT concat(i.name, s.code) FROM items i JOIN stores s");
                  if (seen.charAt(0) != seen.charAt(1)) {
                    mixed.add(seen);
                  }
                }
              } catch (SQLException e) {
                mixed.add(e.getMessage());
              }
            });
    watcher.start();
    for (int i = 1; i < 9; i++) {
      String name = String.valueOf(i);
      target.apply(Sample.part(UnitKind.SNAPSHOT, ITEMS, i, 0, false, up((long) i, name, 0.0)));
      target.apply(Sample.part(UnitKind.SNAPSHOT, stores, i, 1, true, up(name, "city")));
      target.commit(Map.of());
    }
    stop.set(true);
    watcher.join();
    assertThat(mixed).isEmpty();
    assertThat(reader.rows(ALL)).containsExactly("8|8|0.0");
  }
}
