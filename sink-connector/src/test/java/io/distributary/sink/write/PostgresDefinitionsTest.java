package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.part;
import static io.distributary.sink.write.Sample.row;
import static io.distributary.sink.write.Sample.snapshot;
import static io.distributary.sink.write.Sample.table;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.it.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** PostgreSQL's tables change their definition while others read them and units are open. */
@Timeout(120)
class PostgresDefinitionsTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final Table WIDER =
      table("items", "*id INTEGER", "name TEXT", "price REAL", "note TEXT");
  private static final Table STORES = table("stores", "*code TEXT", "city TEXT");

  private TargetFixture fixture;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(PostgresServer.shared().createDatabase());
    fixture.settings.autoEvolve = true;
    reader = fixture.database();
    reader.execute(
        "SET lock_timeout = '10s'",
        "CREATE TABLE items (id int PRIMARY KEY, name text UNIQUE DEFERRABLE, price float8)",
        "INSERT INTO items VALUES (1, 'a', 1), (2, 'b', 2)");
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  @Test
  void aColumnIsAddedWithoutLockingReadersOutUntilTheUnitEnds() throws SQLException {
    Target target = fixture.open();
    target.apply(part(UnitKind.UPDATE, STORES, 2, 0, false, up("b", "Bern")));
    target.apply(part(UnitKind.UPDATE, WIDER, 2, 1, false, up(3L, "c", 3.0, "new")));

    assertThat(reader.rows("SELECT id, note FROM items ORDER BY id"))
        .containsExactly("1|null", "2|null");

    target.apply(part(UnitKind.UPDATE, WIDER, 2, 2, true, up(1L, "a", 1.0, "too")));
    target.commit(at(1));
    assertThat(reader.rows("SELECT id, note FROM items ORDER BY id"))
        .containsExactly("1|too", "2|null", "3|new");
  }

  @Test
  void aColumnWaitsForAReaderAndLetsOthersThroughMeanwhile() throws Exception {
    Target target = fixture.open();
    reader.execute("BEGIN");
    assertThat(reader.rows("SELECT * FROM items")).hasSize(2);
    CompletableFuture<Void> apply =
        CompletableFuture.runAsync(() -> target.apply(update(WIDER, up(3L, "c", 3.0, "new"))));

    // Each would wait until the first reader ends, were the lock not given up in between.
    for (int i = 0; i < 5; i++) {
      assertThat(fixture.database().rows("SELECT * FROM items")).hasSize(2);
    }
    assertThat(apply).isNotDone();
    reader.execute("COMMIT");

    apply.get(60, TimeUnit.SECONDS);
    target.commit(at(1));
    assertThat(reader.rows("SELECT note FROM items WHERE id = 3")).containsExactly("new");
  }

  @Test
  void aTableThatTheOpenTransactionHasWrittenIsExtendedInIt() throws SQLException {
    Target target = fixture.open();
    target.apply(update(ITEMS, up(3L, "c", 3.0)));
    target.apply(update(WIDER, up(4L, "d", 4.0, "new")));
    target.rollback();
    assertThat(reader.value("SELECT count(*) FROM pg_attribute WHERE attname = 'note'"))
        .isEqualTo("0");
    fixture.having(update(ITEMS, up(3L, "c", 3.0)), update(WIDER, up(4L, "d", 4.0, "new")));
    assertThat(reader.rows("SELECT id, note FROM items ORDER BY id"))
        .containsExactly("1|null", "2|null", "3|null", "4|new");
  }

  @Test
  void constraintsThatWaitForTheCommitDoNotKeepAColumnFromBeingAdded() throws SQLException {
    fixture.having(
        update(ITEMS, up(1L, "b", 1.0), up(2L, "a", 2.0)),
        update(WIDER, up(1L, "a", 1.0, "new"), up(2L, "b", 2.0, "too")));
    assertThat(reader.rows("SELECT id, name, note FROM items ORDER BY id"))
        .containsExactly("1|a|new", "2|b|too");
  }

  @Test
  void constraintsThatWaitForTheCommitDoNotKeepASnapshotFromBeingSwapped() throws SQLException {
    String oid = reader.value("SELECT 'items'::regclass::oid");
    fixture.having(
        update(ITEMS, up(1L, "b", 1.0), up(2L, "a", 2.0)),
        snapshot(ITEMS, row(1L, "a", 1.0), row(3L, "b", 3.0)),
        update(ITEMS, up(1L, "b", 1.0), up(3L, "a", 3.0)));
    assertThat(reader.rows("SELECT id, name FROM items ORDER BY id")).containsExactly("1|b", "3|a");
    assertThat(reader.value("SELECT 'items'::regclass::oid")).isNotEqualTo(oid);
  }
}
