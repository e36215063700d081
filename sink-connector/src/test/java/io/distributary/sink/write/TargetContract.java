package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.truncated;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.unit.Checkpoint;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every target, whatever its database. A subclass names an empty one. */
abstract class TargetContract {
  static final Table ITEMS = table("items", "*id INTEGER", "name TEXT", "price REAL");
  static final String ALL = "SELECT id, name, price FROM items ORDER BY id";

  Settings settings;
  Database reader;
  private TargetFixture fixture;

  /** The URL of a database that is empty before each test. */
  abstract String url() throws SQLException;

  /** What the database calls the unique index of {@code items.name} in its messages. */
  abstract String nameOfUniqueName();

  /** What declares a primary key that the database numbers. */
  abstract String numberedKey();

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(url());
    settings = fixture.settings;
    reader = fixture.database();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  Target open() {
    return fixture.open();
  }

  /** A target that has applied and committed these parts. */
  Target having(Part... parts) {
    return fixture.having(parts);
  }

  void createItems() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)");
  }

  // Transactions and checkpoints

  @Test
  void rowsAndCheckpointBecomeVisibleTogether() throws SQLException {
    createItems();
    Target target = open();
    target.apply(update(ITEMS, up(1L, "pen", 1.5)));
    assertThat(reader.rows(ALL)).isEmpty();
    assertThat(reader.value("SELECT kafka_offset FROM distributary_checkpoint")).isEqualTo("null");

    target.commit(at(7));

    assertThat(reader.rows(ALL)).containsExactly("1|pen|1.5");
    assertThat(
            reader.rows(
                "SELECT sink, topic, kafka_offset, epoch, lsn FROM distributary_checkpoint"))
        .containsExactly("sink|shop.items|7|e1|7");
  }

  @Test
  void aNewTaskFindsTheCheckpointsOfTheLast() {
    open().commit(at(7));

    Map<TopicPartition, Checkpoint> found =
        Targets.open(settings.done()).claim(List.of(PARTITION, new TopicPartition("none", 3)));

    assertThat(found).isEqualTo(at(7));
  }

  @Test
  void sinksOfOneTargetHaveCheckpointsOfTheirOwn() {
    open().commit(at(7));
    settings.sink = "other";
    try (Target other = Targets.open(settings.done())) {
      assertThat(other.claim(List.of(PARTITION))).isEmpty();
      other.commit(at(2));
    }
    settings.sink = "sink";
    try (Target again = Targets.open(settings.done())) {
      assertThat(again.claim(List.of(PARTITION))).isEqualTo(at(7));
    }
  }

  @Test
  void aCheckpointWithoutPositionAndTimestampIsKeptSo() {
    Checkpoint bare = new Checkpoint(3, null, null);
    open().commit(Map.of(PARTITION, bare));
    assertThat(open().claim(List.of(PARTITION))).containsEntry(PARTITION, bare);
  }

  @Test
  void aZombieIsFencedAndWhatItWroteIsRolledBack() throws SQLException {
    createItems();
    Target zombie = open();
    zombie.apply(update(ITEMS, up(1L, "pen", 1.5)));
    zombie.rollback();
    Target owner = open();
    zombie.apply(update(ITEMS, up(2L, "ink", 3.0)));

    assertKind(
        () -> zombie.commit(at(1)), WriteException.Kind.FENCED, "shop.items-0", "another task");
    assertThat(reader.rows(ALL)).isEmpty();
    owner.commit(at(1));
    owner.commit(at(2));
  }

  @Test
  void aRewoundSinkReadsOnFromThereWithoutAPosition() {
    open().commit(at(7));

    Targets.rewind(settings.done(), Map.of(PARTITION, 3L));

    assertThat(open().claim(List.of(PARTITION)))
        .containsEntry(PARTITION, new Checkpoint(2, null, null));
  }

  @Test
  void aSinkRewoundToTheStartHasNothingApplied() {
    Targets.rewind(settings.done(), Map.of(PARTITION, 0L));
    assertThat(open().claim(List.of(PARTITION)))
        .containsEntry(PARTITION, new Checkpoint(-1, null, null));
  }

  @Test
  void aRewindThatForgetsAPartitionFencesWhoStillRuns() {
    Target running = open();
    running.commit(at(7));
    Map<TopicPartition, Long> forgotten = new HashMap<>();
    forgotten.put(PARTITION, null);

    Targets.rewind(settings.done(), forgotten);

    assertKind(() -> running.commit(at(8)), WriteException.Kind.FENCED);
    assertThat(open().claim(List.of(PARTITION))).isEmpty();
  }

  @Test
  void aRollbackLeavesNothing() throws SQLException {
    createItems();
    Target target = open();
    target.apply(update(ITEMS, up(1L, "pen", 1.5)));
    target.rollback();
    target.rollback();
    target.commit(at(1));
    assertThat(reader.rows(ALL)).isEmpty();
  }

  @Test
  void closingRollsBack() throws SQLException {
    createItems();
    Target target = open();
    target.apply(update(ITEMS, up(1L, "pen", 1.5)));
    target.close();
    assertThat(reader.rows(ALL)).isEmpty();
  }

  @Test
  void severalUnitsAndTablesShareACommit() throws SQLException {
    Table stores = table("stores", "*code TEXT", "city TEXT");
    having(
        update(ITEMS, up(1L, "pen", 1.5)),
        update(stores, up("b", "Bern")),
        part(UnitKind.UPDATE, ITEMS, 2, 0, true, up(1L, "pen", 2.5)));
    assertThat(reader.rows(ALL)).containsExactly("1|pen|2.5");
    assertThat(reader.rows("SELECT * FROM stores")).containsExactly("b|Bern");
  }

  // Changes

  @Test
  void theLastChangeOfAKeyCounts() throws SQLException {
    having(
        update(
            ITEMS,
            up(1L, "a", 1.0),
            up(2L, "b", 2.0),
            up(1L, "c", 3.0),
            gone(2L, null, null),
            gone(3L, null, null),
            up(3L, "d", 4.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|c|3.0", "3|d|4.0");
  }

  @Test
  void applyingAUnitTwiceGivesTheSame() throws SQLException {
    Part unit = update(ITEMS, up(1L, "a", 1.0), gone(2L, null, null), up(3L, null, null));
    having(unit, unit);
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "3|null|null");
  }

  @Test
  void unitsOfAnySizeAreWrittenWhole() throws SQLException {
    for (int size : new int[] {1, 7, 8, 9, 63, 64, 65, 200, 1000, 1003}) {
      Change[] changes = new Change[size];
      for (int i = 0; i < size; i++) {
        changes[i] = up((long) i, "v" + size, (double) i);
      }
      having(update(ITEMS, changes));
      assertThat(reader.value("SELECT count(*) FROM items WHERE name = 'v" + size + "'"))
          .isEqualTo(String.valueOf(size));
      for (int i = 0; i < size; i++) {
        changes[i] = gone((long) i, null, null);
      }
      having(update(ITEMS, changes));
      assertThat(reader.rows(ALL)).isEmpty();
    }
  }

  @Test
  void compositeKeysAreFoundByAllTheirColumns() throws SQLException {
    Table stock = table("stock", "*store TEXT", "*item INTEGER", "count INTEGER");
    having(
        update(stock, up("a", 1L, 10L), up("a", 2L, 20L), up("b", 1L, 30L), up("a", 1L, 11L)),
        part(UnitKind.UPDATE, stock, 2, 0, true, gone("a", 2L, null), up("b", 1L, 31L)));
    assertThat(reader.rows("SELECT * FROM stock ORDER BY store, item"))
        .containsExactly("a|1|11", "b|1|31");
  }

  @Test
  void aTableOfKeysOnlyIsWritten() throws SQLException {
    Table tags = table("tags", "*item INTEGER", "*tag TEXT");
    having(
        update(tags, up(1L, "new"), up(1L, "hot"), up(1L, "new")),
        part(UnitKind.UPDATE, tags, 2, 0, true, gone(1L, "hot"), up(1L, "new")));
    assertThat(reader.rows("SELECT * FROM tags")).containsExactly("1|new");
  }

  @Test
  void anUpdateThatTellsAnotherKeyBeforeMovesTheRow() throws SQLException {
    Change moved =
        new Change(io.distributary.core.record.Op.UPDATE, row(1L, "a", 1.0), row(5L, "a", 1.0));
    having(update(ITEMS, up(1L, "a", 1.0)), update(ITEMS, moved));
    assertThat(reader.rows(ALL)).containsExactly("5|a|1.0");
  }

  @Test
  void aTruncationRemovesWhatWasThereBeforeIt() throws SQLException {
    having(update(ITEMS, up(1L, "a", 1.0)), update(ITEMS, up(2L, "b", 2.0), truncated()));
    assertThat(reader.rows(ALL)).isEmpty();
    having(update(ITEMS, up(1L, "a", 1.0), truncated(), up(3L, "c", 3.0)));
    assertThat(reader.rows(ALL)).containsExactly("3|c|3.0");
  }

  @Test
  void whatAChangeLeavesAloneKeepsItsValue() throws SQLException {
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(
            ITEMS,
            up(1L, Change.UNTOUCHED, 9.0),
            up(2L, "c", 3.0),
            up(2L, Change.UNTOUCHED, 4.0),
            up(3L, "d", 5.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|9.0", "2|c|4.0", "3|d|5.0");
  }

  @Test
  void aChangeThatLeavesColumnsOfAMissingRowAloneIsRefused() {
    Target target = open();
    assertThatThrownBy(() -> target.apply(update(ITEMS, up(1L, Change.UNTOUCHED, 9.0))))
        .asInstanceOf(type(WriteException.class))
        .returns(WriteException.Kind.DATA, WriteException::kind)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("items", "(id)", "snapshot");
  }

  @Test
  void valuesOfAUniqueColumnCanBeExchanged() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL)");
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0), up(3L, "c", 3.0)),
        update(ITEMS, up(1L, "b", 1.0), up(2L, "a", 2.0), gone(3L, null, null), up(4L, "c", 4.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|b|1.0", "2|a|2.0", "4|c|4.0");
  }

  private void createUniquelyNamed() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL)");
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0), up(3L, "c", 3.0)));
  }

  private static Part of(long seq, boolean last, Change... changes) {
    return part(UnitKind.UPDATE, ITEMS, 2, seq, last, changes);
  }

  @Test
  void valuesOfAUniqueColumnCanBeExchangedBetweenPartsOfAUnit() throws SQLException {
    createUniquelyNamed();
    having(
        of(0, false, up(1L, "b", 1.5)),
        of(1, false, up(4L, "d", 4.0), up(2L, "c", 2.5)),
        of(2, false, up(1L, "b", 1.7)),
        of(3, true, up(3L, "a", 3.5)));
    assertThat(reader.rows(ALL)).containsExactly("1|b|1.7", "2|c|2.5", "3|a|3.5", "4|d|4.0");
  }

  @Test
  void aUniqueValueCanBeTakenBeforeTheRowThatHeldItIsDeleted() throws SQLException {
    createUniquelyNamed();
    having(of(0, false, up(9L, "a", 9.0)), of(1, true, gone(1L, null, null)));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|c|3.0", "9|a|9.0");
  }

  @Test
  void whatIsHeldBackComesWithTheEndOfTheUnitWhateverTableThatIsIn() throws SQLException {
    createUniquelyNamed();
    Table stores = table("stores", "*code TEXT", "city TEXT");
    having(
        of(0, false, up(9L, "a", 9.0)),
        of(1, false, up(1L, "z", 1.0)),
        part(UnitKind.UPDATE, stores, 2, 2, true, up("b", "Bern")));
    assertThat(reader.rows(ALL)).containsExactly("1|z|1.0", "2|b|2.0", "3|c|3.0", "9|a|9.0");
  }

  @Test
  void aConflictThatLastsToTheEndOfItsUnitStopsBeforeAnythingIsLost() throws SQLException {
    createUniquelyNamed();
    Target target = open();
    target.apply(of(0, false, up(9L, "a", 9.0)));
    Part end = of(1, true, up(2L, "x", 2.0));
    assertThatThrownBy(() -> target.apply(end)).isInstanceOf(WriteException.class);
    assertThatThrownBy(() -> target.applyEach(end))
        .asInstanceOf(type(WriteException.class))
        .returns(WriteException.Kind.FATAL, WriteException::kind)
        .extracting(Throwable::getMessage)
        .asString()
        .contains("items", "unique index", nameOfUniqueName());
    target.apply(of(1, true, gone(1L, null, null)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|c|3.0", "9|a|9.0");
  }

  @Test
  void aSnapshotStatesWhatWasHeldBackToo() throws SQLException {
    createUniquelyNamed();
    having(of(0, false, up(9L, "a", 9.0)), snapshot(ITEMS, row(1L, "a", 1.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void aRollbackForgetsWhatWasHeldBack() throws SQLException {
    createUniquelyNamed();
    Target target = open();
    target.apply(of(0, false, up(9L, "a", 9.0)));
    assertThatThrownBy(() -> target.commit(at(1))).isInstanceOf(IllegalStateException.class);
    target.rollback();
    target.apply(of(0, true, gone(1L, null, null)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|c|3.0");
  }

  // Deletes

  @Test
  void softDeletesMarkRowsAndUnmarkThemWhenTheyReturn() throws SQLException {
    settings.deletes = DeleteMode.SOFT;
    String marked = "SELECT id, name, deleted FROM items ORDER BY id";
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)), update(ITEMS, gone(1L, null, null)));
    assertThat(reader.rows(marked)).containsExactly("1|a|1", "2|b|0");
    having(update(ITEMS, up(1L, "c", 1.0)), update(ITEMS, truncated()));
    assertThat(reader.rows(marked)).containsExactly("1|c|1", "2|b|1");
    having(update(ITEMS, up(1L, Change.UNTOUCHED, 5.0)));
    assertThat(reader.rows(marked)).containsExactly("1|c|0", "2|b|1");
  }

  @Test
  void aMissingMarkerColumnIsNamedWithWhatToDo() throws SQLException {
    createItems();
    settings.deletes = DeleteMode.SOFT;
    settings.autoCreate = false;
    fatal(update(ITEMS, up(1L, "a", 1.0)), "items", "deleted", "delete.mode=soft", "auto.evolve");
  }

  @Test
  void ignoredDeletesLeaveRowsAlone() throws SQLException {
    settings.deletes = DeleteMode.IGNORE;
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(ITEMS, gone(1L, null, null), truncated(), up(2L, "c", 2.0)),
        snapshot(ITEMS, row(3L, "d", 3.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|c|2.0", "3|d|3.0");
  }

  // Snapshots

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aSnapshotReplacesWhatWasThere(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0), up(3L, "c", 3.0)));
    Target target = open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    target.apply(snapshot(ITEMS, 1, false, row(3L, "x", 3.0)));
    target.apply(snapshot(ITEMS, 2, true, row(4L, "d", 4.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|b|2.0", "3|c|3.0");
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|x|3.0", "4|d|4.0");
    target.apply(update(ITEMS, up(4L, "e", 5.0)));
    target.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "3|x|3.0", "4|e|5.0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void anEmptySnapshotEmptiesTheRelation(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    having(update(ITEMS, up(1L, "a", 1.0)), snapshot(ITEMS));
    assertThat(reader.rows(ALL)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void theFirstSnapshotMakesAndFillsTheRelation(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    having(snapshot(ITEMS, row(1L, "a", 1.0), row(2L, "b", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|b|2.0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void anInterruptedSnapshotLeavesAllAsItWas(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    having(update(ITEMS, up(1L, "a", 1.0)));
    Target target = open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    target.rollback();
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    target.apply(snapshot(ITEMS, 0, true, row(3L, "c", 3.0)));
    target.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("3|c|3.0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void anUnfinishedSnapshotCanBeTakenForChanges(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    Target target = open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "x", 2.0), row(3L, "c", 3.0)));
    target.mergeUnfinishedSnapshot();
    target.apply(part(UnitKind.UPDATE, ITEMS, 2, 0, true, up(3L, "d", 3.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|x|2.0", "3|d|3.0");
  }

  @Test
  void anUnfinishedFirstSnapshotCanBeTakenForChanges() throws SQLException {
    Target target = open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "x", 2.0)));
    target.mergeUnfinishedSnapshot();
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|x|2.0");
  }

  @Test
  void theRestOfASnapshotWhoseBeginningIsGoneIsTakenForChanges() throws SQLException {
    having(update(ITEMS, up(1L, "a", 1.0)), snapshot(ITEMS, 4, true, row(2L, "b", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "2|b|2.0");
  }

  @Test
  void aSnapshotThatHasNotEndedIsNeverCommitted() {
    Target target = open();
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    assertThatThrownBy(() -> target.commit(at(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("items");
  }

  @Test
  void aSnapshotOverSeveralTablesEndsForAllAtOnce() throws SQLException {
    Table stores = table("stores", "*code TEXT", "city TEXT");
    having(update(ITEMS, up(1L, "a", 1.0)), update(stores, up("b", "Bern")));
    having(
        part(UnitKind.SNAPSHOT, ITEMS, 2, 0, false, up(2L, "b", 2.0)),
        part(UnitKind.SNAPSHOT, stores, 2, 1, true, up("z", "Zug")));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
    assertThat(reader.rows("SELECT * FROM stores")).containsExactly("z|Zug");
  }

  @Test
  void aMergedSnapshotMarksAbsentRowsWhereDeletesAreSoft() throws SQLException {
    settings.deletes = DeleteMode.SOFT;
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0), up(3L, "c", 3.0)));
    having(
        update(ITEMS, gone(3L, null, null)), snapshot(ITEMS, row(2L, "b", 2.0), row(3L, "c", 3.0)));
    assertThat(reader.rows("SELECT id, name, deleted FROM items ORDER BY id"))
        .containsExactly("1|a|1", "2|b|0", "3|c|0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aSnapshotExchangesValuesOfAUniqueColumn(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT UNIQUE, price REAL)");
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        snapshot(ITEMS, row(1L, "b", 1.0), row(2L, "a", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|b|1.0", "2|a|2.0");
  }

  // Failures

  @Test
  void aPartThatFailsLeavesTheTransactionAsItWas() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL)");
    Target target = open();
    target.apply(update(ITEMS, up(1L, "a", 1.0)));

    assertKind(
        () -> target.apply(update(ITEMS, up(2L, "b", 2.0), up(3L, null, 3.0))),
        WriteException.Kind.DATA,
        "items",
        "name");

    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void theFirstPartThatFailsOpensNoTransaction() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL)");
    Target target = open();
    assertThatThrownBy(() -> target.apply(update(ITEMS, up(3L, null, 3.0))))
        .isInstanceOf(WriteException.class);
    target.apply(update(ITEMS, up(1L, "a", 1.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void changesAreTriedAloneAndTheBadOnesReported() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, price REAL)");
    Target target = having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    Change bad = up(3L, null, 3.0);
    Change taken = up(5L, "z", 5.0);

    List<Failure> failures =
        target.applyEach(
            update(
                ITEMS,
                up(1L, "b", 1.0),
                up(2L, "a", 2.0),
                bad,
                up(4L, "z", 4.0),
                taken,
                gone(9L, null, null)));

    assertThat(failures).extracting(Failure::change).containsExactly(bad, taken);
    assertThat(failures).allMatch(f -> f.cause().kind() == WriteException.Kind.DATA);
    assertThat(failures.get(0).cause().getMessage())
        .contains("items", "name")
        .doesNotContain("3.0");
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|b|1.0", "2|a|2.0", "4|z|4.0");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void rowsOfASnapshotAreTriedAloneToo(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, price REAL)");
    having(update(ITEMS, up(1L, "a", 1.0)));
    Target target = open();
    Part first = snapshot(ITEMS, 0, false, row(2L, "b", 2.0), row(3L, null, 3.0));
    assertKind(() -> target.apply(first), WriteException.Kind.DATA);

    List<Failure> failures = target.applyEach(first);

    assertThat(failures).extracting(Failure::change).containsExactly(first.changes().get(1));
    target.apply(snapshot(ITEMS, 1, true, row(4L, "d", 4.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0", "4|d|4.0");
  }

  void fatal(Part part, String... words) {
    Target target = open();
    assertKind(() -> target.apply(part), WriteException.Kind.FATAL, words);
  }

  // Relations

  @Test
  void aMissingRelationIsNamedWithWhatToDo() {
    settings.autoCreate = false;
    fatal(update(ITEMS, up(1L, "a", 1.0)), "items", "auto.create=true", "table.mapping");
  }

  @Test
  void aRelationWithoutAKnownKeyIsNotCreated() {
    Table keyless = table("logs", "text TEXT");
    fatal(update(keyless, up("a")), "logs", "auto.create", "no key", "primary key");
  }

  @Test
  void aRelationThatIsUnrolledIsMadeAgain() throws SQLException {
    Target target = open();
    target.apply(update(ITEMS, up(1L, "a", 1.0)));
    target.rollback();
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
  }

  @Test
  void aMissingColumnIsNamedWithWhatToDo() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
    fatal(update(ITEMS, up(1L, "a", 1.0)), "items", "price", "auto.evolve=true", "missing.columns");
  }

  @Test
  void aMissingColumnIsLeftOutIfAsked() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)");
    settings.missing = MissingColumns.IGNORE;
    having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(reader.rows("SELECT * FROM items")).containsExactly("1|a");
  }

  @Test
  void aMissingColumnIsAddedIfAsked() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)",
        "INSERT INTO items VALUES(9,'z')");
    settings.autoEvolve = true;
    having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "9|z|null");
  }

  @Test
  void aColumnThatTheSourceAddedIsAddedWhileRunning() throws SQLException {
    settings.autoEvolve = true;
    Table wider = table("items", "*id INTEGER", "name TEXT", "price REAL", "note TEXT");
    having(update(ITEMS, up(1L, "a", 1.0)), update(wider, up(2L, "b", 2.0, "new")));
    assertThat(reader.rows("SELECT * FROM items ORDER BY id"))
        .containsExactly("1|a|1.0|null", "2|b|2.0|new");
  }

  @Test
  void aColumnThatTheRecordLacksKeepsWhatTheTargetPutThere() throws SQLException {
    reader.execute(
        "CREATE TABLE items"
            + " (id INTEGER PRIMARY KEY, name TEXT, price REAL, local TEXT DEFAULT 'mine')");
    having(update(ITEMS, up(1L, "a", 1.0)));
    reader.execute("UPDATE items SET local = 'kept'");
    having(update(ITEMS, up(1L, "b", 1.0)), snapshot(ITEMS, row(1L, "c", 1.0), row(2L, "d", 2.0)));
    assertThat(reader.rows("SELECT * FROM items ORDER BY id"))
        .containsExactly("1|c|1.0|kept", "2|d|2.0|mine");
  }

  @Test
  void aRelationChangedByAnotherIsReadAgain() throws SQLException {
    Target target = having(update(ITEMS, up(1L, "a", 1.0)));
    reader.execute("ALTER TABLE items DROP COLUMN price");
    assertThatThrownBy(() -> target.apply(update(ITEMS, up(2L, "b", 2.0))))
        .hasMessageContaining("no column price");
    reader.execute("ALTER TABLE items ADD COLUMN price REAL");
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|null", "2|b|2.0");
  }

  @Test
  void aRelationWithoutAUniqueIndexOverTheKeyIsRefused() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER, name TEXT, price REAL)");
    fatal(update(ITEMS, up(1L, "a", 1.0)), "items", "unique index", "[id]");
  }

  @Test
  void aUniqueIndexOverTheRecordsKeyServes() throws SQLException {
    reader.execute(
        "CREATE TABLE items (pk " + numberedKey() + ", id INTEGER NOT NULL, name TEXT, price REAL)",
        "CREATE UNIQUE INDEX items_id ON items(id)");
    having(update(ITEMS, up(7L, "a", 1.0)), update(ITEMS, up(7L, "b", 1.0)));
    assertThat(reader.rows("SELECT pk, id, name FROM items")).containsExactly("1|7|b");
  }

  @Test
  void recordsWithoutAKeyAreWrittenByTheRelationsOwn() throws SQLException {
    createItems();
    Table keyless = table("items", "id INTEGER", "name TEXT", "price REAL");
    having(
        update(keyless, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(keyless, up(1L, "c", 1.0), gone(2L, "b", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|c|1.0");
  }

  @Test
  void oddNamesAreQuoted() throws SQLException {
    Table odd = table("my \"odd' table", "*or der INTEGER", "select TEXT", "größe; -- TEXT");
    having(update(odd, up(1L, "a", "b")), update(odd, up(1L, "c", "d"), gone(2L, null, null)));
    having(snapshot(odd, row(1L, "e", "f"), row(2L, "g", "h")));
    assertThat(reader.rows("SELECT * FROM \"my \"\"odd' table\""))
        .containsExactly("1|e|f", "2|g|h");
  }

  @Test
  void aColumnIsFoundByTheNameThatItHasInRecords() throws SQLException {
    reader.execute("CREATE TABLE items (id INTEGER PRIMARY KEY, \"unit price\" REAL, NAME TEXT)");
    Table spelt = table("items", "*id INTEGER", "unit_price REAL", "name TEXT");
    having(update(spelt, up(1L, 2.5, "a")));
    assertThat(reader.rows("SELECT * FROM items")).containsExactly("1|2.5|a");
  }

  @Test
  void aTableCanGoToSeveralRelations() throws SQLException {
    Map<String, String> renamed = Map.of("id", "number", "name", "title");
    settings.routes.add(new Route("items", "titles", renamed));
    settings.routes.add(new Route("items", "items_copy", Map.of()));
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(ITEMS, gone(1L, null, null)),
        snapshot(ITEMS, row(2L, "c", 2.0), row(3L, "d", 3.0)));
    assertThat(reader.rows("SELECT number, title FROM titles ORDER BY 1"))
        .containsExactly("2|c", "3|d");
    assertThat(reader.rows("SELECT * FROM items_copy ORDER BY id"))
        .containsExactly("2|c|2.0", "3|d|3.0");
  }

  @Test
  void aMappingOfAColumnThatIsNotThereIsRefused() {
    settings.routes.add(new Route("items", "titles", Map.of("id", "id", "titel", "title")));
    fatal(update(ITEMS, up(1L, "a", 1.0)), "table.mapping", "titel", "[id, name, price]");
  }

  @Test
  void recordsWithoutSchemasAreWritten() throws SQLException {
    createItems();
    Table bare =
        new Table(
            new TableId(null, null, "items"),
            List.of(
                new Column("id", null, null),
                new Column("name", null, null),
                new Column("price", null, null)),
            0);
    having(update(bare, up(1L, List.of("a", 1L), 2.5), up(2L, Map.of("k", true), 3)));
    assertThat(reader.rows(ALL)).containsExactly("1|[\"a\",1]|2.5", "2|{\"k\":true}|3.0");
  }

  // The user's own SQL

  @Test
  void ownStatementsWriteRelationsOfAnotherShape() throws SQLException {
    reader.execute(
        "CREATE TABLE sheet (label TEXT PRIMARY KEY, amount REAL, note TEXT DEFAULT 'a:name')");
    settings.statements.put(
        "items",
        new CustomStatements(
            "INSERT INTO sheet(label, amount, note) VALUES (:name || ':id' || :id, :price, 'x')"
                + " ON CONFLICT(label) DO UPDATE SET amount = excluded.amount -- :none",
            "DELETE FROM sheet WHERE label LIKE '%:id' || :id"));
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(ITEMS, gone(1L, null, null), up(2L, "b", 5.0)));
    assertThat(reader.rows("SELECT label, amount FROM sheet")).containsExactly("b:id2|5.0");
  }

  @Test
  void aStatementForUpsertsLeavesDeletesAsUsual() throws SQLException {
    settings.statements.put(
        "items",
        new CustomStatements(
            "INSERT INTO items(id, name) VALUES(:id, upper(:name))"
                + " ON CONFLICT(id) DO UPDATE SET name = excluded.name",
            null));
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)), update(ITEMS, gone(1L, null, null)));
    assertThat(reader.rows(ALL)).containsExactly("2|B|null");
  }

  @Test
  void aParameterWithoutAColumnIsNamed() {
    settings.statements.put("items", new CustomStatements("SELECT :nmae", "SELECT :id"));
    fatal(update(ITEMS, up(1L, "a", 1.0)), "statement.items.upsert", ":nmae");
  }

  @Test
  void aHandlerOfTheUsersWritesInTheSameTransaction() throws SQLException {
    reader.execute("CREATE TABLE log (line TEXT)");
    settings.handlers.put(
        "items",
        new RelationHandler() {
          @Override
          public void apply(java.sql.Connection connection, Table table, List<Change> changes)
              throws SQLException {
            try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO log VALUES (?)")) {
              for (Change change : changes) {
                insert.setString(1, change.op() + " " + change.image()[0]);
                insert.executeUpdate();
              }
            }
          }

          @Override
          public void clear(java.sql.Connection connection, Table table) throws SQLException {
            try (var statement = connection.createStatement()) {
              statement.execute("DELETE FROM log");
            }
          }
        });
    Target target = having(update(ITEMS, up(1L, "a", 1.0), gone(2L, null, null)));
    assertThat(reader.rows("SELECT * FROM log")).containsExactly("UPDATE 1", "DELETE 2");
    target.apply(snapshot(ITEMS, row(3L, "c", 3.0)));
    assertThat(reader.rows("SELECT * FROM log")).hasSize(2);
    target.commit(at(1));
    assertThat(reader.rows("SELECT * FROM log")).containsExactly("READ 3");
  }

  // Checking a configuration

  @Test
  void aGoodConfigurationHasNoProblems() throws SQLException {
    createItems();
    settings.routes.add(new Route("items", "items", Map.of()));
    settings.statements.put("x", new CustomStatements("UPDATE items SET name = :n", null));
    assertThat(Targets.check(settings.done())).isEmpty();
  }

  @Test
  void problemsStandOnTheSettingThatMustChange() {
    settings.autoCreate = false;
    settings.routes.add(new Route("items", "absent", Map.of()));
    settings.statements.put("x", new CustomStatements("UPDTE items SET name = :n", null));
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("table.mapping", "statement.x.upsert");
  }

  @Test
  void theSettingsNeverShowAPassword() {
    settings.url = "jdbc:sqlite:x.db?password=secret";
    assertThat(settings.done().toString()).doesNotContain("secret").contains("x.db");
  }
}
