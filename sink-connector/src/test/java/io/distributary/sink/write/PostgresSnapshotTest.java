package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static io.distributary.sink.write.TargetFixture.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.postgres.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Snapshots into PostgreSQL: all that can hang on a table is as it was. */
@Timeout(120)
class PostgresSnapshotTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final String ALL = TargetContract.ALL;

  /** All of the catalogue that a dump of the database would show, and what it would not. */
  private static final String CATALOGUE =
      """
      SELECT concat_ws('|', 'table', relname, relkind, relpersistence, relowner::regrole, relacl,
        reloptions, relreplident, relrowsecurity, obj_description(c.oid, 'pg_class'),
        (SELECT reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid)) FROM pg_class c
        WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'distributary%'
      UNION ALL SELECT concat_ws('|', 'column', attrelid::regclass, attname,
        format_type(atttypid, atttypmod), attidentity, attacl, attoptions, attgenerated, attnotnull,
        col_description(attrelid, attnum), attstorage, attcollation::regcollation,
        nullif(attstattarget, -1), (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
            WHERE adrelid = attrelid AND adnum = attnum))
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid AND relkind IN ('r', 'v')
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
        AND relname NOT LIKE 'distributary%'
      UNION ALL SELECT concat_ws('|', 'index', indexrelid::regclass, indisreplident, indisclustered,
        indisprimary, obj_description(indexrelid, 'pg_class'), pg_get_indexdef(indexrelid))
        FROM pg_index WHERE indrelid::regclass::text !~ 'pg_|distributary'
      UNION ALL SELECT concat_ws('|', 'constraint', conname, contype, condeferrable, condeferred,
        obj_description(oid, 'pg_constraint'), conrelid::regclass, pg_get_constraintdef(oid))
        FROM pg_constraint WHERE conrelid <> 0 AND connamespace = 'public'::regnamespace
        AND conrelid::regclass::text !~ 'distributary'
      UNION ALL SELECT concat_ws('|', 'trigger', tgname, tgenabled,
        obj_description(oid, 'pg_trigger'), pg_get_triggerdef(oid)) FROM pg_trigger
        WHERE NOT tgisinternal
      UNION ALL SELECT concat_ws('|', 'statistics', stxname, stxowner::regrole,
        obj_description(oid, 'pg_statistic_ext'), pg_get_statisticsobjdef(oid),
        nullif(stxstattarget, -1)) FROM pg_statistic_ext
      UNION ALL SELECT concat_ws('|', 'index column', attrelid::regclass, attname, attstattarget)
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid AND relkind = 'i'
        WHERE relnamespace = 'public'::regnamespace AND attstattarget >= 0
      UNION ALL SELECT concat_ws('|', 'tablespace', relname, spcname)
        FROM pg_class JOIN pg_tablespace s ON s.oid = reltablespace
        WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT concat_ws('|', 'sequence', s.relname, deptype, s.relacl, refobjid::regclass,
        attname, obj_description(s.oid, 'pg_class')) FROM pg_depend JOIN pg_class s ON s.oid = objid AND s.relkind = 'S'
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass
      ORDER BY 1
      """;

  private TargetFixture fixture;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(PostgresServer.shared().createDatabase());
    reader = fixture.database();
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  private long oid(String table) throws SQLException {
    return Long.parseLong(reader.value("SELECT '" + table + "'::regclass::oid"));
  }

  @Test
  void aSwapKeepsAllThatHangsOnTheTable() throws SQLException {
    reader.execute(
        "DROP ROLE IF EXISTS \"Snap owner\"",
        "DROP ROLE IF EXISTS snap_reader",
        "CREATE ROLE \"Snap owner\"",
        "CREATE ROLE snap_reader",
        "CREATE TABLE log (what text)",
        "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO log VALUES (new.name); RETURN new; END $$",
        """
        CREATE UNLOGGED TABLE "the items" (
          id bigint GENERATED ALWAYS AS IDENTITY (START 50 INCREMENT 5) PRIMARY KEY,
          serial serial NOT NULL,
          name varchar(20) COLLATE "C" NOT NULL DEFAULT 'none',
          price numeric(10, 2) CONSTRAINT positive CHECK (price >= 0),
          "group" int,
          label text GENERATED ALWAYS AS (name || '!') STORED,
          during int4range,
          code int GENERATED ALWAYS AS (-id) STORED NOT NULL,
          dropped int,
          CONSTRAINT unique_name UNIQUE (name, price) INCLUDE (serial) WITH (fillfactor = 60)
            DEFERRABLE,
          CONSTRAINT one_code UNIQUE NULLS NOT DISTINCT (code),
          EXCLUDE USING gist (during WITH &&)
        ) WITH (fillfactor = 80, autovacuum_enabled = false, toast.autovacuum_enabled = false)
        """,
        "ALTER TABLE \"the items\" DROP COLUMN dropped",
        "CREATE INDEX by_price ON \"the items\" (price DESC NULLS LAST) WHERE price > 1",
        "CREATE UNIQUE INDEX \"by USING lower\" ON \"the items\" (lower(name), serial)",
        "ALTER INDEX \"by USING lower\" ALTER COLUMN 1 SET STATISTICS 400",
        "ALTER TABLE \"the items\" CLUSTER ON \"by USING lower\"",
        "ALTER TABLE \"the items\" REPLICA IDENTITY USING INDEX one_code",
        "ALTER TABLE \"the items\" ALTER COLUMN name SET STORAGE EXTERNAL",
        "ALTER TABLE \"the items\" ALTER COLUMN name SET STATISTICS 500",
        "ALTER TABLE \"the items\" ALTER COLUMN name SET (n_distinct = 7)",
        "CREATE STATISTICS item_stats (dependencies) ON name, price FROM \"the items\"",
        "ALTER STATISTICS item_stats SET STATISTICS 300",
        "CREATE TRIGGER noting AFTER UPDATE ON \"the items\" FOR EACH ROW EXECUTE FUNCTION noted()",
        "CREATE TRIGGER resting AFTER UPDATE ON \"the items\" FOR EACH ROW EXECUTE FUNCTION"
            + " noted()",
        "ALTER TABLE \"the items\" DISABLE TRIGGER resting",
        "COMMENT ON TABLE \"the items\" IS 'it''s a table'",
        "COMMENT ON COLUMN \"the items\".price IS 'a price'",
        "COMMENT ON INDEX by_price IS 'an index'",
        "COMMENT ON CONSTRAINT unique_name ON \"the items\" IS 'a constraint'",
        "COMMENT ON CONSTRAINT positive ON \"the items\" IS 'a check'",
        "COMMENT ON TRIGGER noting ON \"the items\" IS 'a trigger'",
        "COMMENT ON STATISTICS item_stats IS 'statistics'",
        "INSERT INTO \"the items\" (name, price) VALUES ('gone', 1), ('too', 2)",
        "ALTER TABLE \"the items\" OWNER TO \"Snap owner\"",
        "GRANT SELECT, INSERT ON \"the items\" TO snap_reader WITH GRANT OPTION",
        "GRANT UPDATE (name, price) ON \"the items\" TO snap_reader",
        "GRANT SELECT ON \"the items\" TO PUBLIC",
        "GRANT USAGE ON SEQUENCE \"the items_id_seq\" TO snap_reader WITH GRANT OPTION",
        "COMMENT ON SEQUENCE \"the items_id_seq\" IS 'a sequence'",
        "ALTER STATISTICS item_stats OWNER TO \"Snap owner\"",
        "ALTER DEFAULT PRIVILEGES GRANT DELETE ON TABLES TO snap_reader");
    List<String> before = reader.rows(CATALOGUE);
    long oid = oid("\"the items\"");
    Table items =
        table(
            "the items",
            "*id INTEGER",
            "serial INTEGER",
            "name TEXT",
            "price REAL",
            "group INTEGER",
            "during TEXT");

    fixture.having(
        snapshot(
            items, row(1L, 7L, "pen", 1.5, 1L, "[1,5)"), row(2L, 8L, "ink", 20.0, null, null)));

    assertThat(oid("\"the items\"")).isNotEqualTo(oid);
    assertThat(reader.rows(CATALOGUE)).isEqualTo(before);
    assertThat(reader.rows("SELECT id, label, price FROM \"the items\" ORDER BY id"))
        .containsExactly("1|pen!|1.50", "2|ink!|20.00");
    reader.execute("INSERT INTO \"the items\" (name) VALUES ('next')");
    assertThat(reader.rows("SELECT id, serial FROM \"the items\" WHERE name = 'next'"))
        .containsExactly("60|3");
    reader.execute("UPDATE \"the items\" SET price = 3 WHERE id = 1");
    assertThat(reader.rows("SELECT * FROM log")).containsExactly("pen");
    assertThatThrownBy(() -> reader.execute("UPDATE \"the items\" SET price = -1"))
        .hasMessageContaining("positive");
  }

  @Test
  void aSwapKeepsWhatPostgresql18CanHangOnATable() throws SQLException {
    assumeTrue(
        Integer.parseInt(reader.value("SHOW server_version_num")) >= 180_000,
        "virtual columns and named NOT NULL constraints are PostgreSQL 18's");
    reader.execute(
        """
        CREATE TABLE items (
          id bigint PRIMARY KEY,
          name text CONSTRAINT has_a_name NOT NULL,
          price float8 CONSTRAINT never CHECK (price < 0) NOT ENFORCED,
          label text GENERATED ALWAYS AS (lower(name)) VIRTUAL)
        """,
        "COMMENT ON CONSTRAINT has_a_name ON items IS 'a constraint'",
        "INSERT INTO items VALUES (1, 'gone', 1)");
    List<String> before = reader.rows(CATALOGUE);
    long oid = oid("items");

    fixture.having(snapshot(ITEMS, row(2L, "Pen", 1.5)));

    assertThat(oid("items")).isNotEqualTo(oid);
    assertThat(reader.rows(CATALOGUE)).isEqualTo(before);
    assertThat(reader.rows("SELECT * FROM items")).containsExactly("2|Pen|1.5|pen");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          CREATE VIEW cheap AS SELECT id FROM items | view cheap
          CREATE MATERIALIZED VIEW cheap AS SELECT id FROM items | materialized view cheap
          CREATE TABLE orders (item int REFERENCES items) | foreign key orders_item_fkey of orders
          ALTER TABLE items ADD CONSTRAINT own FOREIGN KEY (id) REFERENCES items | key own of items
          ALTER TABLE items ADD note text | columns that the snapshot does not
          CREATE TABLE more () INHERITS (items) | tables inherit from each other
          ALTER TABLE items ENABLE ROW LEVEL SECURITY | it has row security
          CREATE POLICY all_of_it ON items USING (true) | it has policies
          CREATE RULE quiet AS ON DELETE TO items WHERE old.id = 9 DO INSTEAD NOTHING | rule quiet
          ALTER TABLE items ADD CONSTRAINT k FOREIGN KEY (id) REFERENCES groups | key k refers to groups
          CREATE PUBLICATION named FOR TABLE items | publication named names it
          CREATE PUBLICATION everything FOR ALL TABLES | publication everything has all tables
          CREATE PUBLICATION shop FOR TABLES IN SCHEMA public | publication shop has all tables
          CREATE TABLE holder (item items) | table holder
          ALTER TABLE items ALTER id ADD GENERATED BY DEFAULT AS IDENTITY; \
              CREATE TABLE users (n int DEFAULT nextval('items_id_seq')) | column n of table users
          CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT count(*) FROM items; END | f()
          """)
  void aTableThatSomethingElseDependsOnIsMergedAndTheLogSaysWhy(String dependency, String why)
      throws SQLException {
    reader.execute(
        "CREATE TABLE groups (id int PRIMARY KEY)",
        "INSERT INTO groups VALUES (1), (2), (3)",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
        dependency,
        "INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2)");
    fixture.settings.missing = MissingColumns.IGNORE;
    List<String> before = reader.rows(CATALOGUE);
    long oid = oid("items");

    String log = logOf(snapshot(ITEMS, row(2L, "c", 2.0), row(3L, "d", 3.0)));

    assertThat(log)
        .contains("is merged into relation items instead of swapped for it")
        .contains(why);
    assertThat(reader.rows(ALL)).containsExactly("2|c|2.0", "3|d|3.0");
    assertThat(oid("items")).isEqualTo(oid);
    assertThat(reader.rows(CATALOGUE)).isEqualTo(before);
  }

  /** What is logged while the part is written; the tests' logger writes to System.err. */
  private String logOf(Part part) throws SQLException {
    PrintStream err = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      fixture.having(part);
    } finally {
      System.setErr(err);
    }
    return log.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aPartitionedTableAndItsPartitionsAreMerged() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL) PARTITION BY RANGE"
            + " (id)",
        "CREATE TABLE low PARTITION OF items FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF items FOR VALUES FROM (10) TO (100)",
        "INSERT INTO items VALUES (1, 'a', 1), (20, 'b', 2)");
    fixture.having(snapshot(ITEMS, row(1L, "c", 1.0), row(21L, "d", 3.0)));
    assertThat(reader.rows("SELECT tableoid::regclass, id, name FROM items ORDER BY id"))
        .containsExactly("low|1|c", "high|21|d");
    fixture.having(update(ITEMS, up(2L, "e", 1.0), up(21L, "f", 3.0)));
    assertThat(reader.rows("SELECT tableoid::regclass, id, name FROM items ORDER BY id"))
        .containsExactly("low|1|c", "low|2|e", "high|21|f");
  }

  @Test
  void aUserWhoDoesNotOwnTheTableMerges() throws SQLException {
    reader.execute(
        "DROP ROLE IF EXISTS snap_writer",
        "CREATE ROLE snap_writer LOGIN",
        "GRANT CREATE ON SCHEMA public TO snap_writer",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
        "INSERT INTO items VALUES (1, 'a', 1)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON items TO snap_writer");
    fixture.settings.url = fixture.settings.url.replace("user=postgres", "user=snap_writer");
    fixture.having(snapshot(ITEMS, row(2L, "b", 2.0)));
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          REVOKE CREATE ON SCHEMA public FROM snap_owner | create tables in schema public
          ALTER TABLE items OWNER TO snap_group | user snap_group may not create tables in schema
          REVOKE EXECUTE ON FUNCTION noted() FROM PUBLIC | may not use noted() for triggers
          ALTER TABLE items SET TABLESPACE snap_space | create tables in tablespace snap_space
          ALTER STATISTICS item_stats OWNER TO postgres | not own its statistics object item_stats
          SET ROLE snap_member; GRANT SELECT (id) ON items TO PUBLIC; RESET ROLE | role snap_member, who
          """)
  void anOwnerWhoMayNotMakeASecondTableLikeItMerges(String limit, String why) throws SQLException {
    createTablespace();
    createRoles();
    reader.execute(
        "GRANT CREATE ON SCHEMA public TO snap_owner",
        "CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
        "CREATE TRIGGER noting AFTER UPDATE ON items FOR EACH ROW EXECUTE FUNCTION noted()",
        "CREATE STATISTICS item_stats ON name, price FROM items",
        "INSERT INTO items VALUES (1, 'a', 1)",
        "ALTER TABLE items OWNER TO snap_owner",
        "ALTER STATISTICS item_stats OWNER TO snap_owner",
        "GRANT SELECT (id) ON items TO snap_member WITH GRANT OPTION");
    fixture.settings.url = fixture.settings.url.replace("user=postgres", "user=snap_owner");
    fixture.open();
    reader.execute(limit);
    long oid = oid("items");

    String log = logOf(snapshot(ITEMS, row(2L, "b", 2.0)));

    assertThat(log).contains("merged into relation items instead of swapped").contains(why);
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
    assertThat(oid("items")).isEqualTo(oid);
  }

  /** Roles are the server's, which tests share; so are tablespaces. */
  private void createRoles() throws SQLException {
    if (reader.value("SELECT to_regrole('snap_owner')").equals("null")) {
      reader.execute(
          "CREATE ROLE snap_group",
          "CREATE ROLE snap_member",
          "CREATE ROLE snap_owner LOGIN IN ROLE snap_group");
    }
  }

  private void createTablespace() throws SQLException {
    String count = "SELECT count(*) FROM pg_tablespace WHERE spcname = 'snap_space'";
    if (reader.value(count).equals("0")) {
      reader.execute(
          "SET allow_in_place_tablespaces = on", "CREATE TABLESPACE snap_space LOCATION ''");
    }
  }

  @Test
  void aSwapKeepsTablespacesAndChoosesThemForNothingElse() throws SQLException {
    createTablespace();
    reader.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL,"
            + " EXCLUDE (name WITH =), UNIQUE (price) USING INDEX TABLESPACE snap_space)",
        "CREATE TABLE others (id INTEGER PRIMARY KEY) TABLESPACE snap_space",
        "CREATE TABLE last (id INTEGER PRIMARY KEY)",
        "INSERT INTO items VALUES (1, 'a', 1)",
        "INSERT INTO others VALUES (1)",
        "INSERT INTO last VALUES (1)");
    List<String> before = reader.rows(CATALOGUE);
    Table others = table("others", "*id INTEGER");
    Table last = table("last", "*id INTEGER");

    fixture.having(
        snapshot(ITEMS, row(2L, "b", 2.0)),
        snapshot(others, row(2L)),
        snapshot(last, row(2L)),
        update(table("made", "*id INTEGER"), up(1L)));

    assertThat(reader.rows(CATALOGUE)).containsAll(before);
    assertThat(
            reader.rows(
                "SELECT relname FROM pg_class WHERE reltablespace <> 0 AND relname LIKE"
                    + " '%made%'"))
        .isEmpty();
  }

  @Test
  void tablesThatReferToEachOtherAreSnapshottedInAnyOrder() throws SQLException {
    reader.execute(
        "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
        "CREATE TABLE children (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL"
            + " REFERENCES parents DEFERRABLE)",
        "INSERT INTO parents VALUES (10), (11)",
        "INSERT INTO children VALUES (1, 10), (2, 11)");
    Table parents = table("parents", "*id INTEGER");
    Table children = table("children", "*id INTEGER", "parent INTEGER");
    fixture.having(
        part(UnitKind.SNAPSHOT, children, 2, 0, false, up(2L, 11L), up(3L, 12L)),
        part(UnitKind.SNAPSHOT, parents, 2, 1, true, up(11L), up(12L)));
    assertThat(reader.rows("SELECT * FROM children ORDER BY id")).containsExactly("2|11", "3|12");
    fixture.having(
        part(UnitKind.SNAPSHOT, parents, 3, 0, false, up(13L)),
        part(UnitKind.SNAPSHOT, children, 3, 1, true, up(4L, 13L)));
    assertThat(reader.rows("SELECT * FROM children")).containsExactly("4|13");
    assertThat(reader.rows("SELECT * FROM parents")).containsExactly("13");
  }

  @Test
  void whatRowSecurityMayHideIsTold() throws SQLException {
    createRoles();
    reader.execute(
        "GRANT CREATE ON SCHEMA public TO snap_owner",
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT, price REAL)",
        "INSERT INTO items VALUES (1, 'hidden', 1), (7, 'seen', 7)",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON items TO snap_owner",
        "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY few ON items USING (id > 5)");
    assertThat(logOf(snapshot(ITEMS, row(8L, "b", 2.0)))).doesNotContain("Row security applies");
    assertThat(reader.rows(ALL)).containsExactly("8|b|2.0");

    reader.execute("GRANT ALL ON distributary_checkpoint TO snap_owner");
    fixture.settings.url = fixture.settings.url.replace("user=postgres", "user=snap_owner");
    assertThat(logOf(update(ITEMS, up(9L, "c", 3.0))))
        .contains("Row security applies to this user on relation items", "BYPASSRLS");
  }

  @ParameterizedTest
  @EnumSource(SnapshotMode.class)
  void aReaderNeverSeesAPartOfASnapshot(SnapshotMode mode) throws SQLException {
    fixture.settings.snapshots = mode;
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(snapshot(ITEMS, 0, false, row(7L, "y", 7.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    target.apply(snapshot(ITEMS, 1, true, row(8L, "y", 8.0)));
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
    target.commit(at(3));
    assertThat(reader.rows(ALL)).containsExactly("7|y|7.0", "8|y|8.0");
  }

  @Test
  void aSwapWaitsForAReaderAndLetsOthersThroughMeanwhile() throws Exception {
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    reader.execute("BEGIN");
    assertThat(reader.rows(ALL)).hasSize(1);
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> target.commit(at(1)));

    // Each would wait until the first reader ends, were the lock not given up in between.
    for (int i = 0; i < 5; i++) {
      assertThat(fixture.database().rows(ALL)).containsExactly("1|a|1.0");
    }
    assertThat(commit).isNotDone();
    reader.execute("COMMIT");

    commit.get(60, TimeUnit.SECONDS);
    assertThat(reader.rows(ALL)).containsExactly("2|b|2.0");
  }

  @Test
  void whatFollowsASwapInTheSameTransactionGoesToTheNewTable() throws SQLException {
    Target target = fixture.having(update(ITEMS, up(1L, "a", 1.0)));
    target.apply(snapshot(ITEMS, row(2L, "b", 2.0)));
    target.apply(update(ITEMS, up(3L, "c", 3.0)));
    target.apply(snapshot(ITEMS, row(3L, "d", 3.0)));
    target.commit(at(1));
    target.apply(update(ITEMS, up(4L, "e", 4.0)));
    target.commit(at(2));
    assertThat(reader.rows(ALL)).containsExactly("3|d|3.0", "4|e|4.0");
  }

  @Test
  void aMergeTouchesOnlyRowsThatDiffer() throws SQLException {
    fixture.settings.snapshots = SnapshotMode.MERGE;
    reader.execute(
        "CREATE TABLE docs (id int PRIMARY KEY, body json, place point, amount numeric, code"
            + " char(5))",
        "INSERT INTO docs VALUES (1, '{\"a\": 1}', '(1,2)', 1.0, 'ab'),"
            + " (2, '{\"a\": 1}', '(1,2)', 1.0, 'ab'), (3, NULL, NULL, NULL, NULL)");
    Table docs =
        table("docs", "*id INTEGER", "body TEXT", "place TEXT", "amount TEXT", "code TEXT");
    String versions = "SELECT id, xmin FROM docs WHERE id IN (1, 3) ORDER BY id";
    List<String> before = reader.rows(versions);
    fixture.having(
        snapshot(
            docs,
            row(1L, "{\"a\": 1}", "(1,2)", "1.0", "ab"),
            row(2L, "{\"a\":1}", "(1,3)", "1.00", "ab"),
            row(3L, null, null, null, null)));
    assertThat(reader.rows(versions)).isEqualTo(before);
    assertThat(reader.rows("SELECT body, place, amount FROM docs WHERE id = 2"))
        .containsExactly("{\"a\":1}|(1,3)|1.00");
  }

  @Test
  void aSnapshotThatBreaksTheTargetsOwnIndexStopsWithItsName() throws SQLException {
    reader.execute(
        "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT CONSTRAINT one UNIQUE, price REAL)",
        "INSERT INTO items VALUES (1, 'a', 1)");
    Target target = fixture.open();
    assertKind(
        () -> target.apply(snapshot(ITEMS, row(2L, "b", 1.0), row(3L, "b", 1.0))),
        WriteException.Kind.FATAL,
        "items",
        "unique");
    target.rollback();
    assertThat(reader.rows(ALL)).containsExactly("1|a|1.0");
  }

  @Test
  void manyRowsArriveByCopy() throws SQLException {
    fixture.having(update(ITEMS, up(-1L, "gone", 0.0)));
    Target target = fixture.open();
    for (int p = 0; p < 20; p++) {
      Object[][] rows = new Object[1000][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row(p * 1000L + i, "item \t\\ " + i, i / 2.0);
      }
      target.apply(snapshot(ITEMS, p, p == 19, rows));
    }
    target.commit(Map.of());
    assertThat(reader.value("SELECT count(*), min(id), max(id), sum(id) FROM items"))
        .isEqualTo("20000|0|19999|199990000");
    assertThat(reader.value("SELECT name FROM items WHERE id = 5")).isEqualTo("item \t\\ 5");
  }
}
