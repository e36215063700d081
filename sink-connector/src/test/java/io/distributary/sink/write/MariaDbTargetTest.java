package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only MariaDB and MySQL have. */
@Timeout(120)
class MariaDbTargetTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;

  private TargetFixture fixture;
  private Settings settings;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(MariaDbServer.shared().createDatabase());
    settings = fixture.settings;
    reader = fixture.database();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  // The connection

  @Test
  void aUrlOfMySqlIsServedToo() throws SQLException {
    settings.url = settings.url.replace("jdbc:mariadb:", "jdbc:mysql:");
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void aUrlWithoutADatabaseIsAProblem() {
    settings.url = settings.url.replaceFirst("/test_\\d+", "/");
    assertThat(Targets.check(settings.done()))
        .singleElement()
        .returns("connection.url", Problem::setting)
        .extracting(Problem::message)
        .asString()
        .contains("names no database");
  }

  @Test
  void aSettingOfPostgresqlsAloneIsAProblem() {
    settings.commits = SynchronousCommit.OFF;
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("synchronous.commit");
  }

  @Test
  void aWrongPasswordIsAProblemThatDoesNotQuoteIt() throws SQLException {
    reader.execute("CREATE USER someone IDENTIFIED BY 'right'");
    settings.url = settings.url.replace("user=root", "user=someone&password=secret");
    assertThat(Targets.check(settings.done()))
        .singleElement()
        .extracting(Problem::message)
        .asString()
        .contains("Access denied")
        .doesNotContain("secret");
  }

  @Test
  void theServersOwnSqlModeChangesNothing() throws SQLException {
    settings.url += "&sessionVariables=sql_mode='',time_zone='+05:00'&useAffectedRows=true";
    reader.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(3), price DOUBLE)");
    Target target = fixture.having(update(ITEMS, up(1L, "abc", 1.0)));
    assertKind(
        () -> target.apply(update(ITEMS, up(2L, "abcd", 1.0))), WriteException.Kind.DATA, "name");
    target.commit(at(1));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|abc|1.0");
  }

  @Test
  void aConnectionThatTheServerEndsIsLostAndNothingIsHalfWritten() throws SQLException {
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    for (String id :
        reader.rows(
            "SELECT id FROM information_schema.processlist WHERE db = database()"
                + " AND id <> connection_id()")) {
      reader.execute("KILL " + id);
    }
    assertKind(() -> target.apply(update(ITEMS, up(3L, "c", 3.0))), WriteException.Kind.TRANSIENT);
    assertThat(target.lost()).isTrue();
    target.close();
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  // Locks

  @Test
  void aLockThatAnotherHoldsTooLongIsWaitedForAgain() throws SQLException {
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    settings.url += "&sessionVariables=innodb_lock_wait_timeout=1";
    Target target = fixture.open();
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    reader.execute("START TRANSACTION", "UPDATE items SET price = 9 WHERE id = 1");
    assertKind(() -> target.apply(update(ITEMS, up(1L, "x", 1.0))), WriteException.Kind.TRANSIENT);
    reader.execute("ROLLBACK");
    target.apply(update(ITEMS, up(1L, "x", 1.0)));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|x|1.0", "2|b|2.0");
  }

  @Test
  void aDeadlockEndsTheTransactionAndIsTriedAgainWhole() throws Exception {
    Change[] many = new Change[50];
    for (int i = 0; i < many.length; i++) {
      many[i] = up((long) i, "a", 1.0);
    }
    fixture.having(update(ITEMS, many));
    Target target = fixture.open();
    target.apply(update(ITEMS, up(1L, "x", 1.0)));
    // The victim is who wrote less.
    reader.execute("START TRANSACTION", "UPDATE items SET price = 9 WHERE id > 1");
    Thread other =
        new Thread(
            () -> {
              try {
                reader.execute("UPDATE items SET price = 9 WHERE id = 1", "COMMIT");
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    Database watcher = fixture.database();
    other.start(); // Whichever of the two waits first, each waits for the other in the end.
    Part second = update(ITEMS, up(2L, "y", 2.0));
    assertKind(() -> target.apply(second), WriteException.Kind.TRANSIENT, "eadlock");
    assertKind(() -> target.commit(at(1)), WriteException.Kind.TRANSIENT);
    other.join();
    target.rollback();
    target.apply(update(ITEMS, up(1L, "x", 1.0)));
    target.apply(second);
    target.commit(at(1));
    assertThat(watcher.rows(ALL + " LIMIT 3")).containsExactly("0|a|1.0", "1|x|1.0", "2|y|2.0");
  }

  // Tables

  @Test
  void aTableWithoutTransactionsIsRefusedWithTheCure() throws SQLException {
    reader.execute("CREATE TABLE items (id BIGINT PRIMARY KEY, name TEXT, price REAL) ENGINE=Aria");
    assertKind(
        () -> fixture.open().apply(update(ITEMS, up(1L, "a", 1.0))),
        WriteException.Kind.FATAL,
        "Aria",
        "ALTER TABLE `items` ENGINE=InnoDB");
  }

  @Test
  void namesAreTakenAsFarAsTheServerDoes() throws SQLException {
    String longest = "g`r\u00f6\u00dfe." + "n".repeat(57);
    Table odd = table(longest, "*" + "k".repeat(64) + " INTEGER", "co`l.x TEXT");
    fixture.having(update(odd, up(1L, "a")), snapshot(odd, row(2L, "b")), update(odd, up(3L, "c")));
    assertThat(reader.rows("SELECT * FROM `" + longest.replace("`", "``") + "`"))
        .containsExactly("2|b", "3|c");
    for (String illegal : new String[] {"n".repeat(65), "smile\ud83d\ude00", "tail "}) {
      Part unit = update(table(illegal, "*id INTEGER"), up(1L));
      assertKind(
          () -> fixture.open().apply(unit), WriteException.Kind.FATAL, illegal, "table.mapping");
    }
  }

  @Test
  void aViewIsRefused() throws SQLException {
    reader.execute("CREATE VIEW items AS SELECT 1 AS id, 'a' AS name, 1.5 AS price");
    assertKind(
        () -> fixture.open().apply(update(ITEMS, up(1L, "a", 1.0))),
        WriteException.Kind.FATAL,
        "a view");
  }

  @Test
  void generatedColumnsAreNeverWritten() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(9) AS (concat('n', id)) STORED,"
            + " price DOUBLE, twice DOUBLE AS (price * 2) VIRTUAL)");
    fixture.having(update(ITEMS, up(1L, "other", 2.0)), snapshot(ITEMS, row(3L, "other", 3.0)));
    assertThat(reader.rows("SELECT * FROM items")).containsExactly("3|n3|3.0|6.0");
  }

  @Test
  void aColumnIsAddedWhileItsTableIsInTheOpenTransaction() throws SQLException {
    settings.autoEvolve = true;
    Table wider = table("items", "*id INTEGER", "name TEXT", "price REAL", "note TEXT");
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    assertKind(
        () -> target.apply(update(wider, up(3L, "c", 3.0, "new"))), WriteException.Kind.TRANSIENT);
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    target.rollback();
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    target.apply(update(wider, up(3L, "c", 3.0, "new")));
    target.commit(at(1));
    assertThat(reader.rows("SELECT id, note FROM items"))
        .containsExactly("1|null", "2|null", "3|new");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void creatingATableCommitsNothingOfTheOpenUnit(SnapshotMode mode) throws SQLException {
    settings.snapshots = mode;
    Table stores = table("stores", "*code INTEGER", "city TEXT");
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    Target target = fixture.open();
    target.apply(part(UnitKind.UPDATE, ITEMS, 2, 0, false, up(2L, "b", 2.0)));
    target.apply(part(UnitKind.UPDATE, stores, 2, 1, true, up(1L, "Bern")));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    target.rollback();
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    assertThat(reader.rows("SELECT * FROM stores")).isEmpty();
  }

  @Test
  void aSnapshotThatStopsHalfwayLeavesNothingBehind() throws SQLException {
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(snapshot(ITEMS, 0, false, row(2L, "b", 2.0)));
    target.rollback();
    assertThat(reader.rows("SHOW TABLES LIKE 'distributary_new%'")).isEmpty();
    assertThat(reader.rows("SELECT * FROM distributary_swap")).isEmpty();
  }

  @Test
  void aChangeThatTheDatabaseRefusesIsReportedWithoutItsContent() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id BIGINT PRIMARY KEY, name VARCHAR(20) UNIQUE, price DOUBLE)",
        "INSERT INTO items VALUES (1, 'confidential', 1)");
    List<Failure> failures =
        fixture.open().applyEach(update(ITEMS, up(2L, "confidential", 1.0), up(3L, "c", 1.0)));
    assertThat(failures)
        .singleElement()
        .extracting(Failure::cause)
        .satisfies(
            cause -> {
              assertThat(cause)
                  .hasMessageContaining("name")
                  .hasMessageNotContaining("confidential");
              assertThat(cause).hasStackTraceContaining("Duplicate entry");
              assertThat(cause.getCause()).hasMessageNotContaining("confidential");
            });
  }

  /** From 16 MB on, the driver would have sent a part before it finds the statement too large. */
  @ParameterizedTest
  @ValueSource(ints = {1_048_576, 16_777_216})
  void aRowThatIsTooLargeForThePacketIsReportedAndTheOthersWritten(int max) throws SQLException {
    reader.execute("SET GLOBAL max_allowed_packet = " + max);
    try {
      Target target = fixture.open();
      Change large = up(2L, "x".repeat(max), 1.0);
      Part unit = update(ITEMS, up(1L, "a", 1.0), large, up(3L, "c", 3.0));
      assertKind(
          () -> target.apply(unit), WriteException.Kind.DATA, "max_allowed_packet", "" + max);
      assertThat(target.applyEach(unit)).extracting(Failure::change).containsExactly(large);
      target.commit(at(1));
    } finally {
      reader.execute("SET GLOBAL max_allowed_packet = DEFAULT");
    }
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0", "3|c|3.0");
  }

  @Test
  void rowsThatAreTooManyForThePacketGoInSeveralStatements() throws SQLException {
    assertThat(reader.value("SELECT @@max_allowed_packet")).isEqualTo("16777216");
    Change[] changes = new Change[70];
    Object[][] rows = new Object[70][];
    for (int i = 0; i < changes.length; i++) {
      rows[i] = row((long) i, "'".repeat(150_000) + "é".repeat(50_000), 1.0);
      changes[i] = up(rows[i]);
    }
    String sizes = "SELECT count(*), min(length(name)), max(length(name)) FROM items";
    fixture.having(update(ITEMS, changes));
    assertThat(reader.rows(sizes)).containsExactly("70|250000|250000");
    fixture.having(update(ITEMS, gone(1L, null, null)), snapshot(ITEMS, rows));
    assertThat(reader.rows(sizes)).containsExactly("70|250000|250000");
  }

  // Foreign keys

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void childrenMayComeBeforeTheirParents(boolean snapshots) throws SQLException {
    reader.execute(
        "CREATE TABLE stores (code BIGINT PRIMARY KEY, city TEXT)",
        "CREATE TABLE items (id BIGINT PRIMARY KEY, store BIGINT,"
            + " FOREIGN KEY (store) REFERENCES stores (code))");
    Table items = table("items", "*id INTEGER", "store INTEGER");
    Table stores = table("stores", "*code INTEGER", "city TEXT");
    UnitKind kind = snapshots ? UnitKind.SNAPSHOT : UnitKind.UPDATE;
    fixture.having(
        part(kind, items, 2, 0, false, up(1L, 7L)), part(kind, stores, 2, 1, true, up(7L, "Bern")));
    assertThat(reader.rows("SELECT * FROM items JOIN stores ON store = code"))
        .containsExactly("1|7|7|Bern");
  }

  @Test
  void foreignKeysAreEnforcedOnChangesIfTheUrlAsksForIt() throws SQLException {
    reader.execute(
        "CREATE TABLE stores (code BIGINT PRIMARY KEY, city TEXT)",
        "CREATE TABLE items (id BIGINT PRIMARY KEY, store BIGINT,"
            + " FOREIGN KEY (store) REFERENCES stores (code))");
    settings.url += "&sessionVariables=foreign_key_checks=1";
    Table items = table("items", "*id INTEGER", "store INTEGER");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(items, up(1L, 7L))), WriteException.Kind.DATA, "foreign key");
    target.apply(snapshot(items, row(1L, 7L)));
    target.commit(at(1));
    assertThat(reader.rows("SELECT * FROM items")).containsExactly("1|7");
  }
}
