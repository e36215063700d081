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
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only PostgreSQL has: schemas, strict types, sessions that end, foreign keys at once. */
@Timeout(120)
class PostgresTargetTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;
  private static final Table PARENTS = table("parents", "*id INTEGER", "name TEXT");
  private static final Table CHILDREN = table("children", "*id INTEGER", "parent INTEGER");

  private TargetFixture fixture;
  private Settings settings;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(PostgresServer.shared().createDatabase());
    settings = fixture.settings;
    reader = fixture.database();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  // Connections and sessions

  @Test
  void aServerThatIsNotThereIsWaitedFor() {
    settings.url = "jdbc:postgresql://127.0.0.1:1/none?user=postgres";
    assertKind(fixture::open, WriteException.Kind.TRANSIENT, "sink");
    assertThat(Targets.check(settings.done()))
        .extracting(Problem::setting)
        .containsExactly("connection.url");
  }

  @Test
  void aUrlThatCannotBeReadIsAProblemAndItsPasswordIsNotShown() {
    settings.url = "jdbc:postgresql://host:port/db?password=secret";
    assertThat(Targets.check(settings.done()))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.setting()).isEqualTo("connection.url");
              assertThat(problem.message()).contains("not a URL").doesNotContain("secret");
            });
  }

  @Test
  void aDatabaseThatDoesNotExistStopsTheTask() {
    settings.url = PostgresServer.shared().url("absent");
    assertKind(fixture::open, WriteException.Kind.FATAL, "absent");
  }

  @Test
  void commitsNeedNotWaitForTheDiskIfAsked() throws SQLException {
    settings.commits = SynchronousCommit.OFF;
    settings.statements.put(
        "items",
        new CustomStatements(
            "INSERT INTO seen SELECT current_setting('synchronous_commit'), :id", "SELECT :id"));
    reader.execute("CREATE TABLE seen (setting text, id int)");
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(reader.rows("SELECT * FROM seen")).containsExactly("off|1");
  }

  @Test
  void aSessionThatIsEndedIsLostAndNothingOfItsTransactionStays() throws SQLException {
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(update(ITEMS, up(2L, "b", 2.0)));
    reader.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
            + " current_database() AND application_name LIKE 'distributary%'");

    assertKind(() -> target.commit(at(1)), WriteException.Kind.TRANSIENT);
    target.rollback();
    assertThat(target.lost()).isTrue();
    target.close();

    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    Target next = fixture.having(update(ITEMS, up(2L, "b", 2.0)));
    assertThat(next.lost()).isFalse();
    assertThat(reader.rows(ALL)).hasSize(2);
  }

  @Test
  void aSessionThatEndsInTheMidstOfACopyIsLostAndTheRowsComeOnceByTheNext() throws Exception {
    reader.execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text, price real)",
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM pg_advisory_xact_lock_shared(7); RETURN new; END $$",
        "CREATE TRIGGER wait BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION wait()",
        "SELECT pg_advisory_lock(7)");
    Part snapshot = snapshot(ITEMS, row(1L, "a".repeat(1_000_000), 1.0), row(2L, "b", 2.0));
    Target target = fixture.open();
    CompletableFuture<Void> apply = CompletableFuture.runAsync(() -> target.apply(snapshot));
    String end =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname ="
            + " current_database() AND query LIKE 'COPY%' AND wait_event = 'advisory'";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (reader.value(end).equals("0")) {
      assertThat(System.nanoTime()).as("No COPY runs").isLessThan(deadline);
    }

    assertThatThrownBy(() -> apply.get(60, TimeUnit.SECONDS))
        .cause()
        .asInstanceOf(type(WriteException.class))
        .returns(WriteException.Kind.TRANSIENT, WriteException::kind);
    assertThat(target.lost()).isTrue();
    target.close();
    reader.execute("SELECT pg_advisory_unlock(7)");
    assertThat(reader.rows(ALL)).isEmpty();
    fixture.having(snapshot);
    assertThat(reader.rows("SELECT id, length(name) FROM items ORDER BY id"))
        .containsExactly("1|1000000", "2|1");
  }

  @Test
  void tasksThatStartTogetherMakeTheCheckpointsOnce() {
    CompletableFuture<?>[] tasks = new CompletableFuture<?>[8];
    for (int i = 0; i < tasks.length; i++) {
      tasks[i] = CompletableFuture.runAsync(() -> Targets.open(settings.done()).close());
    }
    assertThat(CompletableFuture.allOf(tasks)).succeedsWithin(60, TimeUnit.SECONDS);
  }

  @Test
  void aDotInATablesNameIsPartOfIt() throws SQLException {
    reader.execute(
        "CREATE SCHEMA \"Mixed\"", "CREATE TABLE \"Mixed\".\"Case\" (id bigint PRIMARY KEY)");

    fixture.having(update(table("Mixed.Case", "*id INTEGER"), Sample.up(1L)));

    assertThat(reader.rows("SELECT id FROM \"Mixed.Case\"")).containsExactly("1");
    assertThat(reader.rows("SELECT id FROM \"Mixed\".\"Case\"")).isEmpty();
  }

  @Test
  void aDeadlockIsTriedAgain() throws Exception {
    Target first = fixture.having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    reader.execute("BEGIN", "UPDATE items SET price = 0 WHERE id = 2");
    first.apply(part(UnitKind.UPDATE, ITEMS, 2, 0, false, up(1L, "x", 1.0)));
    CompletableFuture<WriteException.Kind> other =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                first.apply(part(UnitKind.UPDATE, ITEMS, 2, 1, true, up(2L, "x", 2.0)));
                return null;
              } catch (WriteException e) {
                first.rollback(); // as the task does; the other waits for it
                return e.kind();
              }
            });
    String failure = null;
    try {
      reader.execute("UPDATE items SET price = 0 WHERE id = 1");
    } catch (SQLException e) {
      failure = e.getSQLState();
    }
    reader.execute("ROLLBACK");
    // One of the two was chosen to fail.
    WriteException.Kind kind = other.get(60, TimeUnit.SECONDS);
    if (kind == null) {
      assertThat(failure).isEqualTo("40P01");
    } else {
      assertThat(kind).isEqualTo(WriteException.Kind.TRANSIENT);
      first.apply(update(ITEMS, up(1L, "x", 1.0), up(2L, "x", 2.0)));
    }
    first.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("1|x|1.0", "2|x|2.0");
  }

  // Relations

  @Test
  void aMappingNamesASchema() throws SQLException {
    reader.execute(
        "CREATE SCHEMA shop",
        "CREATE TABLE shop.items (id int PRIMARY KEY, name text, price real)",
        "CREATE TABLE items (id int)",
        "CREATE TABLE \"shop.dotted\" (id int PRIMARY KEY, name text, price real)");
    settings.routes.add(new Route("items", "shop.items", Map.of()));
    settings.routes.add(new Route("items", "shop.made", Map.of()));
    settings.routes.add(new Route("items", "shop.dotted", Map.of()));
    fixture.having(
        update(ITEMS, up(1L, "a", 1.0)),
        snapshot(ITEMS, row(2L, "b", 1.0)),
        update(ITEMS, up(3L, "c", 1.0)));
    for (String relation : new String[] {"shop.items", "shop.made", "\"shop.dotted\""}) {
      assertThat(reader.rows("SELECT id, name FROM " + relation + " ORDER BY id"))
          .containsExactly("2|b", "3|c");
    }
  }

  @Test
  void theSearchPathOfTheUrlIsUsed() throws SQLException {
    reader.execute("CREATE SCHEMA shop");
    settings.url += "&currentSchema=shop";
    fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    assertThat(reader.rows("SELECT id FROM shop.items")).containsExactly("1");
    assertThat(reader.value("SELECT count(*) FROM shop.distributary_checkpoint")).isEqualTo("1");
  }

  @Test
  void aNameThatPostgresqlWouldCutOffIsRefused() {
    Table wide = table("ä".repeat(32), "*id INTEGER");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(wide, up(1L))),
        WriteException.Kind.FATAL,
        "63 bytes",
        "table.mapping");
  }

  @Test
  void aPrimaryKeyThatIsCheckedAtTheCommitIsRefusedWithWhatHelps() throws SQLException {
    reader.execute("CREATE TABLE items (id int PRIMARY KEY DEFERRABLE, name text, price real)");
    Table keyless = table("items", "id INTEGER", "name TEXT", "price REAL");
    for (Table table : new Table[] {ITEMS, keyless}) {
      Target target = fixture.open();
      assertKind(
          () -> target.apply(update(table, up(1L, "a", 1.0))),
          WriteException.Kind.FATAL,
          "[id] of relation items",
          "NOT DEFERRABLE");
    }
  }

  @Test
  void viewsAreRefused() throws SQLException {
    reader.execute("CREATE VIEW items AS SELECT 1 AS id, 2 AS name, 3 AS price");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(ITEMS, up(1L, "a", 1.0))),
        WriteException.Kind.FATAL,
        "items is a view");
  }

  @Test
  void columnsThatTheDatabaseFillsAreLeftToItOrOverridden() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            + " name text GENERATED ALWAYS AS (id || '!') STORED, price real)");
    fixture.having(
        update(ITEMS, up(7L, "ignored", 1.0), up(8L, "ignored", 2.0)),
        update(ITEMS, up(7L, "ignored", 3.0), gone(8L, null, null)));
    assertThat(reader.rows(ALL)).containsExactly("7|7!|3.0");
    for (SnapshotMode mode : SnapshotMode.values()) {
      settings.snapshots = mode;
      fixture.having(snapshot(ITEMS, row(9L, "ignored", 4.0)));
      assertThat(reader.rows(ALL)).containsExactly("9|9!|4.0");
    }
  }

  @Test
  void aNumberedColumnThatIsNoKeyIsRefusedWithTheSqlThatHelps() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text,"
            + " price int GENERATED ALWAYS AS IDENTITY)");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(ITEMS, up(1L, "a", 1L))),
        WriteException.Kind.FATAL,
        "GENERATED ALWAYS",
        "ALTER TABLE \"public\".\"items\" ALTER COLUMN \"price\" SET GENERATED BY DEFAULT");
  }

  @Test
  void domainsAndEnumerationsTakeTheirText() throws SQLException {
    reader.execute(
        "CREATE TYPE mood AS ENUM ('sad', 'it''s ok')",
        "CREATE DOMAIN positive AS int CHECK (value > 0)",
        "CREATE TABLE moods (id positive PRIMARY KEY, mood mood, prices positive[])");
    Table moods = table("moods", "*id INTEGER", "mood TEXT", "prices TEXT");
    fixture.having(
        update(moods, up(1L, "sad", "{1,2}"), up(2L, null, null)),
        update(moods, up(2L, "it's ok", "{3}")));
    assertThat(reader.rows("SELECT * FROM moods ORDER BY id"))
        .containsExactly("1|sad|{1,2}", "2|it's ok|{3}");
    fixture.having(snapshot(moods, row(3L, "sad", "{NULL}")));
    assertThat(reader.rows("SELECT * FROM moods")).containsExactly("3|sad|{NULL}");
    Target target = fixture.open();
    assertKind(() -> target.apply(update(moods, up(-1L, "sad", null))), WriteException.Kind.DATA);
    assertKind(() -> target.apply(update(moods, up(4L, "glad", null))), WriteException.Kind.DATA);
  }

  @Test
  void aValueThatDoesNotFitItsColumnIsNeverChangedSilently() throws SQLException {
    reader.execute("CREATE TABLE items (id smallint PRIMARY KEY, name varchar(3), price int)");
    Target target = fixture.open();
    for (Change bad :
        new Change[] {
          up(70_000L, "a", 1L),
          up(1L, "abcd", 1L),
          up(1L, "a", 1.5),
          up(1L, "a", "x"),
          up(1L, "nul\0", 1L)
        }) {
      assertKind(() -> target.apply(update(ITEMS, bad)), WriteException.Kind.DATA, "items");
    }
    target.apply(update(ITEMS, up(1L, "abc", 2.0), up(2L, "3", "4")));
    target.commit(at(1));
    assertThat(reader.rows(ALL)).containsExactly("1|abc|2", "2|3|4");
  }

  @Test
  void unitsOfVeryManyRowsAreWrittenByCopy() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text COLLATE \"C\", price numeric(8, 2))");
    Change[] changes = new Change[20_000];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = up((long) i, "n" + i, i % 7 == 0 ? "1.5" : (Object) 2.5);
    }
    fixture.having(update(ITEMS, changes));
    for (int i = 0; i < changes.length; i++) {
      changes[i] = i % 2 == 0 ? gone((long) i, null, null) : up((long) i, "m" + i, null);
    }
    fixture.having(update(ITEMS, changes));
    assertThat(reader.value("SELECT count(*), sum(id), min(name), max(price) FROM items"))
        .isEqualTo("10000|100000000|m1|null");
  }

  @Test
  void keysAreEqualAsTheDatabaseHoldsThem() throws SQLException {
    reader.execute(
        "CREATE EXTENSION citext",
        "CREATE COLLATION fuzzy (provider = icu, locale = 'und-u-ks-level2', deterministic ="
            + " false)",
        "CREATE TABLE k1 (id citext PRIMARY KEY, v int)",
        "CREATE TABLE k2 (id text COLLATE fuzzy PRIMARY KEY, v int)",
        "CREATE TABLE k3 (id char(5) PRIMARY KEY, v int)",
        "CREATE TABLE k4 (id numeric PRIMARY KEY, v int)",
        "CREATE TABLE k5 (id float8 PRIMARY KEY, v int)",
        "CREATE TABLE k6 (id numeric(4, 1) PRIMARY KEY, v int)",
        "CREATE TABLE k7 (id uuid PRIMARY KEY, v int)");
    Object[][] equal = {
      {"A", "a"},
      {"A", "a"},
      {"a", "a  "},
      {new java.math.BigDecimal("1.0"), new java.math.BigDecimal("1.00")},
      {0.0, -0.0},
      {new java.math.BigDecimal("1.01"), new java.math.BigDecimal("1.02")},
      {"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}
    };
    for (int i = 0; i < equal.length; i++) {
      Table keys = table("k" + (i + 1), "*id TEXT", "v INTEGER");
      Object first = equal[i][0];
      Object second = equal[i][1];
      fixture.having(
          update(keys, up(first, 1L), gone(second, null), up(second, 2L), up(first, 3L)));
      assertThat(reader.rows("SELECT v FROM k" + (i + 1))).containsExactly("3");
      fixture.having(update(keys, up(first, 4L), gone(second, null)));
      assertThat(reader.rows("SELECT v FROM k" + (i + 1))).isEmpty();
    }
  }

  // Constraints

  @Test
  void uniqueValuesThatWaitForTheCommitCanBeExchanged() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text UNIQUE DEFERRABLE, price real)",
        "CREATE TABLE orders (item int REFERENCES items ON DELETE CASCADE)");
    fixture.having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    reader.execute("INSERT INTO orders VALUES (1), (2)");
    fixture.having(update(ITEMS, up(1L, "b", 1.0), up(2L, "a", 2.0)));
    assertThat(reader.rows("SELECT id, name FROM items ORDER BY id")).containsExactly("1|b", "2|a");
    assertThat(reader.value("SELECT count(*) FROM orders")).isEqualTo("2");
  }

  @Test
  void aForeignKeyThatOthersAddIsNoticedBeforeItCascades() throws SQLException {
    reader.execute("CREATE TABLE items (id int PRIMARY KEY, name text UNIQUE, price real)");
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)));
    reader.execute(
        "CREATE TABLE orders (item int REFERENCES items ON DELETE CASCADE)",
        "INSERT INTO orders VALUES (1), (2)");
    assertKind(
        () -> target.apply(update(ITEMS, up(1L, "b", 1.0), up(2L, "a", 2.0))),
        WriteException.Kind.DATA,
        "items_name_key");
    target.rollback();
    assertThat(reader.value("SELECT count(*) FROM orders")).isEqualTo("2");
  }

  private void family(String constraint) throws SQLException {
    reader.execute(
        "CREATE TABLE parents (id int PRIMARY KEY, name text)",
        "CREATE TABLE children (id int PRIMARY KEY, parent int NOT NULL REFERENCES parents "
            + constraint
            + ")");
  }

  @Test
  void parentsAndChildrenOfOneUnitComeInAnyOrderWhereTheConstraintCanWait() throws SQLException {
    family("DEFERRABLE");
    fixture.having(update(CHILDREN, up(1L, 10L)), update(PARENTS, up(10L, "p")));
    fixture.having(update(PARENTS, gone(10L, null)), update(CHILDREN, gone(1L, null)));
    assertThat(reader.rows("SELECT * FROM parents")).isEmpty();
    fixture.having(
        snapshot(CHILDREN, row(1L, 10L)), snapshot(PARENTS, row(10L, "p"), row(11L, "q")));
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("1|10");
  }

  private static Part unit(Table table, long seq, boolean last, Change... changes) {
    return part(UnitKind.UPDATE, table, 5, seq, last, changes);
  }

  @Test
  void parentsAndChildrenOfOneUnitComeInAnyOrderWhereTheConstraintCannotWait() throws SQLException {
    family("");
    fixture.having(
        unit(CHILDREN, 0, false, up(1L, 10L), up(2L, 11L)),
        unit(PARENTS, 1, true, up(10L, "p"), up(11L, "q")));
    assertThat(reader.rows("SELECT * FROM children ORDER BY id")).containsExactly("1|10", "2|11");
    fixture.having(
        unit(PARENTS, 0, false, gone(10L, null), up(12L, "r")),
        unit(CHILDREN, 1, true, gone(1L, null), up(2L, 12L)));
    assertThat(reader.rows("SELECT * FROM parents ORDER BY id")).containsExactly("11|q", "12|r");
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("2|12");
  }

  @Test
  void aTableThatRefersToItselfIsWrittenInAnyOrder() throws SQLException {
    reader.execute("CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree)");
    Table tree = table("tree", "*id INTEGER", "parent INTEGER");
    fixture.having(update(tree, up(3L, 2L), up(2L, 1L), up(1L, null)));
    fixture.having(update(tree, gone(1L, null), up(2L, 4L), up(4L, null)));
    assertThat(reader.rows("SELECT * FROM tree ORDER BY id"))
        .containsExactly("2|4", "3|2", "4|null");
  }

  @Test
  void aChildWithoutItsParentIsRefusedAndCanBeSetAside() throws SQLException {
    family("");
    Target target = fixture.open();
    Change orphan = up(1L, 99L);
    Part part = unit(CHILDREN, 0, true, orphan);
    assertKind(() -> target.apply(part), WriteException.Kind.DATA, "children", "foreign key");
    assertThat(target.applyEach(part)).extracting(Failure::change).containsExactly(orphan);
    target.commit(at(1));
    assertThat(reader.rows("SELECT * FROM children")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"P0001", "UE042", "ZZ000"})
  void aRowThatATriggerRefusesIsTheRowsFaultWhateverTheTriggerCallsIt(String state)
      throws SQLException {
    reader.execute(
        "CREATE TABLE items (id int PRIMARY KEY, name text, price real)",
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            + " 'no such items here' USING ERRCODE = '"
            + state
            + "'; END $$",
        "CREATE TRIGGER refuse BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION refuse()");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(update(ITEMS, up(1L, "a", 1.0))),
        WriteException.Kind.DATA,
        "no such items here");
  }

  @Test
  void theServersOwnSettingsChangeNoValue() throws SQLException {
    String database = reader.value("SELECT current_database()");
    for (String setting :
        new String[] {
          "array_nulls = off",
          "xmloption = document",
          "standard_conforming_strings = off",
          "DateStyle = 'German, DMY'",
          "IntervalStyle = 'sql_standard'",
          "TimeZone = 'Asia/Tokyo'"
        }) {
      reader.execute("ALTER DATABASE " + database + " SET " + setting);
    }
    reader.execute(
        "CREATE TABLE \"odd\\'s\" (id int PRIMARY KEY, list text[], doc xml, day date, span"
            + " interval, at timestamptz, note text)");
    Table odd =
        table(
            "odd\\'s",
            "*id INTEGER",
            "list TEXT",
            "doc TEXT",
            "day TEXT",
            "span TEXT",
            "at TEXT",
            "note TEXT");
    Object[] values =
        row(
            1L,
            "{NULL,\"NULL\"}",
            "a<b/>c",
            "2024-03-02",
            "-1 days +02:00:00",
            "2024-01-02 03:04:05",
            "back\\slash");
    String stored =
        "SELECT list[1] IS NULL, list[2], doc, to_char(day, 'YYYYMMDD'), extract(epoch FROM span)"
            + "::int, extract(epoch FROM at)::bigint, note FROM \"odd\\'s\"";
    String expected = "t|NULL|a<b/>c|20240302|-79200|1704164645|back\\slash";
    fixture.having(update(odd, up(values)));
    assertThat(reader.rows(stored)).containsExactly(expected);
    values[0] = 2L;
    fixture.having(snapshot(odd, values));
    assertThat(reader.rows(stored)).containsExactly(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ERROR: invalid input syntax for type integer: \"secret\"",
        "ERROR: value \"secret\" is out of range for type smallint",
        "FEHLER: ung\u00fcltige Eingabesyntax f\u00fcr Typ integer: \u00bbsecret\u00ab",
        "FEHLER: Wert \u00bbsecret\u00ab ist au\u00dferhalb des Bereichs f\u00fcr Typ smallint",
        "ERREUR: syntaxe en entr\u00e9e invalide pour le type integer : \u00ab secret \u00bb"
      })
  void messagesOfServersInOtherLanguagesHoldNoValuesEither(String message) {
    assertThat(new PostgresErrors().presentable(new SQLException(message, "22P02")).getMessage())
        .doesNotContain("secret")
        .containsPattern("integer|smallint");
  }

  @Test
  void messagesHoldNoRows() throws SQLException {
    reader.execute("CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, price real)");
    Target target = fixture.open();
    assertThatThrownBy(() -> target.apply(update(ITEMS, up(123_456L, null, 1.0))))
        .hasMessageContaining("name")
        .hasMessageNotContaining("123456");
  }
}
