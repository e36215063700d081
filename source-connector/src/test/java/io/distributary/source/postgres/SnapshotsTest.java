package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Names;
import io.distributary.source.capture.Slice;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables read whole: when, as of what, and where in the stream. */
class SnapshotsTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.sql("INSERT INTO prices SELECT i, 0 FROM generate_series(1, 5) i");
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aSnapshotTakesItsPlaceAmongTheUnitsByItsLsn() throws Exception {
    source.start().slices();
    AtomicInteger total = new AtomicInteger();
    Thread busy =
        new Thread(
            () -> {
              try (Connection other = source.connect();
                  Statement statement = other.createStatement()) {
                for (int i = 0; i < 400; i++) {
                  statement.execute("UPDATE prices SET price = price + 1");
                  total.incrementAndGet();
                }
              } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
              }
            });
    busy.start();
    source.await(() -> total.get() > 50);
    source.capture.requestSnapshot("public.prices");

    double price = -1;
    long last = 0;
    int snapshots = 0;
    while (price < 400 || snapshots == 0) {
      Slice slice = source.next();
      if (slice.table().id().name().equals("prices")) {
        double now = (Double) slice.changes().get(0).after()[1];
        boolean snapshot = slice.header().kind() == UnitKind.SNAPSHOT;
        // A snapshot shows what the unit before it left, and the next one goes on from there.
        if (price >= 0) {
          assertThat(now).isEqualTo(snapshot ? price : price + 1);
        }
        assertThat(slice.header().position().lsn()).isGreaterThan(last);
        last = slice.header().position().lsn();
        price = now;
        snapshots += snapshot ? 1 : 0;
      }
    }
    busy.join();
    assertThat(snapshots).isEqualTo(1);
  }

  @Test
  void aSnapshotIsAskedForInTheDatabase() throws Exception {
    source.sql(
        "CREATE TABLE distributary_signal(id serial PRIMARY KEY, action text, table_name text)");
    source.start().slices();

    source.sql("INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 'prices')");

    assertThat(source.changes()).hasSize(5).allMatch(line -> line.startsWith("prices r"));
    assertThat(source.capture.metrics().tables()).doesNotContainKey("public.distributary_signal");
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void namesThatNeedQuotingAreNoTroubleWhereColumnsAreReadAsTheServerWritesThem() throws Exception {
    List<String> names = List.of("a \"quoted\" name", "Mixed.Case-1", "o'x", "größe");
    for (String name : names) {
      String table = Names.quoted(name);
      source.sql(
          "CREATE TABLE " + table + "(id int PRIMARY KEY, \"how \"\"long\" interval)",
          "INSERT INTO " + table + " VALUES (1, 'infinity')");
    }

    List<String> changes = source.start().changes();

    for (String name : names) {
      assertThat(changes).contains(name + " r[1, infinity]");
    }
  }

  @Test
  void aRequestOutlivesARestart() throws Exception {
    source.sql(
        "CREATE TABLE distributary_signal(id serial PRIMARY KEY, action text, table_name text)");
    source.start().slices();
    source.transaction(
        "INSERT INTO distributary_signal(action, table_name) VALUES ('snapshot', 'public.prices')",
        "INSERT INTO prices VALUES (6, 6)");
    assertThat(SourceFixture.lines(List.of(source.next()))).containsExactly("prices c[6, 6.0]");
    assertThat(source.bookmark.get("requested").toString()).contains("public.prices");
    source.restart();
    assertThat(source.changes()).hasSize(6).allMatch(line -> line.startsWith("prices r"));
  }

  @Test
  void aRequestIsDurableWhenKafkaHasItOrItsAnswer() throws Exception {
    source.start().slices();
    assertThat(source.capture.requestsNotDurable()).isZero();
    source.capture.requestSnapshot("prices");
    source.capture.requestSnapshot("nothing");
    assertThat(source.changes()).hasSize(5);
    assertThat(source.capture.requestsNotDurable()).isEqualTo(1);
    source.capture.acknowledged(source.bookmark);
    source.await(() -> source.capture.requestsNotDurable() == 0);
  }

  @Test
  void anInterruptedSnapshotIsReadAnewAsOfLater() throws Exception {
    source.settings = source.settings.slices(2, 1_000_000);
    source.start();
    Slice first = source.next();
    while (!first.table().id().name().equals("prices")) {
      first = source.next();
    }
    assertThat(first.endOfTable()).isFalse();
    source.stop();
    source.sql("INSERT INTO prices VALUES (6, 0)");

    source.start();

    List<Slice> slices = source.slices();
    assertThat(slices).extracting(s -> s.changes().size()).containsExactly(2, 2, 2);
    assertThat(slices.get(0).header().position().lsn())
        .isGreaterThan(first.header().position().lsn());
  }

  @Test
  void tablesThatWereReadAreNotReadAgainForTheSakeOfOthers() throws Exception {
    source.settings = source.settings.tables(List.of("public\\.(prices|marks)"), List.of());
    source.sql("CREATE TABLE stores(code text PRIMARY KEY)", "INSERT INTO stores VALUES ('A')");
    source.start().slices();
    source.stop();
    source.sql("INSERT INTO prices VALUES (6, 6)", "INSERT INTO stores VALUES ('B')");
    source.settings = source.settings.tables(List.of(), List.of());

    source.start();

    assertThat(source.changes()).containsExactly("prices c[6, 6.0]", "stores r[A]", "stores r[B]");
  }

  @Test
  void snapshotsThatBelongTogetherCountWhenTheLastIsDone() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.INITIAL, true, Truncation.CHANGE);
    source.start();
    Slice first = source.next();
    assertThat(first.endOfTransaction()).isTrue();
    assertThat(first.bookmark()).containsEntry("ready", "[]");
    Slice second = source.next();
    assertThat(second.bookmark().get("ready").toString()).contains("prices").contains("marks");
  }

  @Test
  void withoutSnapshotsOnlyChangesArriveButForWhatIsAskedFor() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, false, Truncation.SNAPSHOT);
    source.start();
    assertThat(source.changes()).isEmpty();
    source.sql("INSERT INTO prices VALUES (6, 6)");
    assertThat(source.changes()).containsExactly("prices c[6, 6.0]");
    source.capture.requestSnapshot("prices");
    assertThat(source.changes()).hasSize(6);
  }

  @Test
  void aSnapshotLeavesNoSlotBehind() throws Exception {
    source.start().slices();
    assertThat(
            source.number(
                "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '"
                    + source.slot()
                    + "%'"))
        .isEqualTo(1);
  }

  @Test
  void anOpenTransactionDelaysASnapshotAndNothingIsLost() throws Exception {
    source.start().slices();
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      statement.execute("UPDATE prices SET price = 9 WHERE id = 1");
      source.capture.requestSnapshot("prices");
      for (int i = 0; i < 20; i++) {
        assertThat(source.capture.poll(Duration.ofMillis(50))).isNull();
      }
      statement.execute("COMMIT");
    }
    List<String> changes = source.changes();
    assertThat(changes).contains("prices u[1, 9.0]").contains("prices r[1, 9.0]").hasSize(6);
  }

  @Test
  void aTransactionThatWaitsBehindASnapshotIsSentAfterIt() throws Exception {
    source.settings = source.settings.slices(1, 1_000_000);
    source.start();
    Slice slice = source.next();
    source.sql("UPDATE prices SET price = 1");
    int snapshots = 1;
    while (slice.header().kind() == UnitKind.SNAPSHOT) {
      slice = source.next();
      snapshots++;
    }
    assertThat(SourceFixture.lines(List.of(slice))).containsExactly("prices u[1, 1.0]");
    assertThat(snapshots).isEqualTo(5 + 2);
    assertThat(Map.copyOf(source.capture.metrics().tables()).values()).containsOnly("ready");
  }

  @Test
  void aTableWhoseNameDiffersInItsCaseOnlyIsNotReadAlong() throws Exception {
    source.start().slices();
    source.sql(
        "CREATE TABLE \"Prices\"(id int PRIMARY KEY, price float8)",
        "INSERT INTO \"Prices\" VALUES (5, 5)",
        "INSERT INTO prices VALUES (101, 1)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.Prices"));
    source.slices();

    source.capture.requestSnapshot("public.Prices");

    assertThat(source.changes()).containsExactly("Prices r[5, 5.0]");
  }

  @Test
  void aTableDoesNotHaveTheRowsOfThoseThatInheritFromIt() throws Exception {
    source.start().slices();
    source.sql(
        "CREATE TABLE parent(id int PRIMARY KEY)",
        "CREATE TABLE child(PRIMARY KEY (id)) INHERITS (parent)",
        "INSERT INTO parent VALUES (1)",
        "INSERT INTO child VALUES (2)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.child"));

    assertThat(source.changes()).containsExactlyInAnyOrder("child r[2]", "parent r[1]");
    source.sql("INSERT INTO child VALUES (3)");
    assertThat(source.changes()).containsExactly("child c[3]");
  }

  /** The server may notice late that a worker is gone: its slot is still in use then. */
  @Test
  void theSlotOfATaskThatIsGoneIsTakenFromIt() throws Exception {
    source.start().slices();
    String slot = DebeziumSettings.snapshotSlot(source.settings);
    java.util.Properties properties = new java.util.Properties();
    properties.setProperty("replication", "database");
    properties.setProperty("assumeMinServerVersion", "14");
    properties.setProperty("preferQueryMode", "simple");
    try (Connection gone = java.sql.DriverManager.getConnection(source.url, properties)) {
      source.sql("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
      gone.unwrap(org.postgresql.PGConnection.class)
          .getReplicationAPI()
          .replicationStream()
          .logical()
          .withSlotName(slot)
          .withSlotOption("proto_version", 1)
          .withSlotOption("publication_names", source.settings.names().publication())
          .start();
      source.sql("INSERT INTO prices VALUES (101, 1)");
      source.slices();

      source.capture.requestSnapshot("prices");

      assertThat(source.changes()).contains("prices r[101, 1.0]");
    }
  }

  @Test
  void theWiderTheRowsTheFewerAreFetchedAtOnce() throws Exception {
    source.sql(
        "CREATE TABLE wide(id int PRIMARY KEY, body bytea)",
        "ALTER TABLE wide ALTER body SET STORAGE EXTERNAL",
        "INSERT INTO wide SELECT i, convert_to(repeat('x', 200000), 'UTF8')"
            + " FROM generate_series(1, 100) i",
        "CREATE TABLE parts(id int PRIMARY KEY, body bytea) PARTITION BY RANGE (id)",
        "CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (1000)",
        "ALTER TABLE part ALTER body SET STORAGE EXTERNAL",
        "INSERT INTO parts SELECT * FROM wide",
        "CREATE TABLE narrow AS SELECT i AS id FROM generate_series(1, 10000) i",
        "ALTER TABLE narrow ADD PRIMARY KEY (id)");

    assertThat(fetched("wide")).as("not counted yet").isEqualTo(500);
    source.sql("ANALYZE wide", "ANALYZE part", "ANALYZE narrow");

    assertThat(fetched("narrow")).isEqualTo(10_240);
    assertThat(fetched("wide")).isBetween(40, 84);
    assertThat(fetched("parts")).isBetween(40, 84);
    assertThat(fetched("narrow", "wide")).isBetween(40, 84);
  }

  private int fetched(String... names) throws Exception {
    try (Sql sql = Sql.open(source.settings)) {
      List<CapturedTable> tables =
          new Catalogue(sql, new TableSelection(source.settings.tables()))
              .select().tables().stream()
                  .filter(table -> List.of(names).contains(table.id().name()))
                  .toList();
      assertThat(tables).hasSize(names.length);
      return FetchSize.of(tables, sql);
    }
  }
}
