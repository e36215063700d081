package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.UnitKind;
import io.distributary.source.capture.Slice;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a capture makes of transactions. */
class CaptureTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.sql("CREATE TABLE stores(code text PRIMARY KEY, city text)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void insertsUpdatesAndDeletesArrive() throws Exception {
    source.sql("INSERT INTO prices VALUES (1, 1.5), (2, 2.5)");
    assertThat(source.changes()).containsExactly("prices c[1, 1.5]", "prices c[2, 2.5]");

    source.sql("UPDATE prices SET price = 9.5 WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices u[1, 9.5]");

    source.sql("DELETE FROM prices WHERE id = 1");
    assertThat(source.changes()).containsExactly("prices d[1]");
  }

  @Test
  void aTransactionOverSeveralTablesIsOneUnit() throws Exception {
    source.transaction(
        "INSERT INTO stores VALUES ('B', 'Basel')",
        "INSERT INTO prices VALUES (1, 1.5)",
        "INSERT INTO stores VALUES ('A', 'Aarau')");

    List<Slice> slices = source.slices();

    assertThat(slices).extracting(s -> s.table().id().name()).containsExactly("stores", "prices");
    assertThat(slices).extracting(Slice::endOfTransaction).containsExactly(false, true);
    assertThat(slices).extracting(Slice::endOfTable).containsExactly(true, true);
    assertThat(slices)
        .extracting(s -> s.header().position())
        .containsOnly(slices.get(0).header().position());
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.UPDATE);
  }

  @Test
  void whatIsThereBeforeTheFirstStartArrivesAsASnapshot() throws Exception {
    source.stop();
    source.bookmark = null;
    source.sql("SELECT pg_drop_replication_slot('" + source.settings.names().slot() + "')");
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(1, 2500) i");
    source.start();

    List<Slice> slices = source.slices();

    assertThat(slices)
        .extracting(s -> s.table() + " " + s.changes().size() + " " + s.endOfTable())
        .containsExactly(
            "public.prices[id, price] 1000 false",
            "public.prices[id, price] 1000 false",
            "public.prices[id, price] 500 true",
            "public.stores[code, city] 0 true");
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.SNAPSHOT);
    source.sql("UPDATE prices SET price = 0 WHERE id = 7");
    assertThat(source.changes()).containsExactly("prices u[7, 0.0]");
  }
}
