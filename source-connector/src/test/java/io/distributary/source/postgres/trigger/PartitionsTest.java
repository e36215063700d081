package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tables that are made of several. */
class PartitionsTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private void partitioned() throws Exception {
    source.sql(
        "CREATE TABLE p(v text, id integer, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE p2(id integer NOT NULL, junk integer, v text)",
        "ALTER TABLE p2 DROP COLUMN junk",
        "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM (10) TO (20)",
        "INSERT INTO p VALUES ('a', 1), ('b', 11)");
    source.start().slices();
  }

  @Test
  void writesToThePartitionedTableAndToItsPartitionsArriveAsItsOwn() throws Exception {
    partitioned();
    assertThat(source.capture.metrics().tables()).containsOnlyKeys("public.p");
    source.sql("INSERT INTO p VALUES ('c', 2), ('d', 12)");
    assertThat(source.changes()).containsExactlyInAnyOrder("p c[c, 2]", "p c[d, 12]");
    source.sql("UPDATE p2 SET v = 'e' WHERE id = 12", "DELETE FROM p1 WHERE id = 1");
    assertThat(source.changes()).containsExactlyInAnyOrder("p u[e, 12]", "p d[1]");
    source.assertConverged();
  }

  @Test
  void aRowThatMovesToAnotherPartitionArrives() throws Exception {
    partitioned();
    source.sql("UPDATE p SET id = id + 11 WHERE id = 1", "UPDATE p SET id = 3 WHERE v = 'b'");
    source.changes();
    source.assertConverged();
    assertThat(source.replica.rows("public.p")).hasSize(2);
  }

  @Test
  void aTruncatedPartitionIsReadAnew() throws Exception {
    partitioned();
    source.sql("TRUNCATE p2");
    assertThat(source.changes()).containsExactly("p r[a, 1]");
    source.sql("TRUNCATE p");
    assertThat(source.changes()).containsExactly("p empty");
  }

  @Test
  void theRowsOfAnAttachedPartitionArriveWithoutASnapshot() throws Exception {
    partitioned();
    source.sql(
        "CREATE TABLE p3(id integer NOT NULL, v text)",
        "INSERT INTO p3 VALUES (21, 'x')",
        "ALTER TABLE p ATTACH PARTITION p3 FOR VALUES FROM (20) TO (30)",
        "CREATE TABLE p4 PARTITION OF p FOR VALUES FROM (30) TO (40)",
        "INSERT INTO p4 VALUES ('y', 31)");
    assertThat(source.changes()).containsExactlyInAnyOrder("p c[x, 21]", "p c[y, 31]");
    source.sql("UPDATE p4 SET v = 'z'");
    assertThat(source.changes()).containsExactly("p u[z, 31]");
    source.assertConverged();
  }

  @Test
  void whatADetachedPartitionTookAwayIsNoticed() throws Exception {
    partitioned();
    source.sql("ALTER TABLE p DETACH PARTITION p1");
    assertThat(source.changes()).contains("p r[b, 11]");
    source.sql("DROP TABLE p2");
    source.changes();
    assertThat(source.replica.rows("public.p")).isEmpty();
  }

  @Test
  void subpartitionsAreFollowed() throws Exception {
    source.sql(
        "CREATE TABLE p(id integer PRIMARY KEY, v text) PARTITION BY RANGE (id)",
        "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (id)",
        "CREATE TABLE p11 PARTITION OF p1 FOR VALUES FROM (0) TO (5)",
        "CREATE TABLE p12 PARTITION OF p1 FOR VALUES FROM (5) TO (10)");
    source.start().slices();
    source.sql(
        "INSERT INTO p VALUES (1, 'p')",
        "INSERT INTO p1 VALUES (2, 'p1')",
        "INSERT INTO p12 VALUES (6, 'p12')");
    assertThat(source.changes())
        .containsExactlyInAnyOrder("p c[1, p]", "p c[2, p1]", "p c[6, p12]");
  }

  @Test
  void parentsAndChildrenAreTablesOfTheirOwn() throws Exception {
    source.sql(
        "CREATE TABLE parent(id integer PRIMARY KEY, v text)",
        "CREATE TABLE child(w text, PRIMARY KEY (id)) INHERITS (parent)",
        "INSERT INTO parent VALUES (1, 'p')",
        "INSERT INTO child VALUES (1, 'c', 'w')");
    source.start().slices();
    source.assertConverged();
    source.sql("UPDATE parent SET v = v || '!'");
    assertThat(source.changes()).containsExactlyInAnyOrder("parent u[1, p!]", "child u[1, c!, w]");
    source.sql("UPDATE parent SET id = 2 WHERE v = 'c!'");
    assertThat(source.changes()).containsExactlyInAnyOrder("child d[1]", "child c[2, c!, w]");
    source.sql("DELETE FROM parent");
    assertThat(source.changes()).containsExactlyInAnyOrder("parent empty", "child empty");
  }

  @Test
  void whatLogicalReplicationWritesArrives() throws Exception {
    try (PostgresServer publisher = PostgresServer.start(17, Map.of());
        SourceFixture upstream = new SourceFixture(publisher.createDatabase())) {
      upstream.sql(
          "CREATE TABLE t(id integer PRIMARY KEY, v text)", "CREATE PUBLICATION p FOR TABLE t");
      String database = upstream.value("SELECT current_database()");
      source.sql(
          "CREATE TABLE t(id integer PRIMARY KEY, v text)",
          "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 user=postgres port="
              + publisher.port()
              + " dbname="
              + database
              + "' PUBLICATION p");
      source.start().slices();
      upstream.sql("INSERT INTO t VALUES (1, 'a')", "UPDATE t SET v = 'b'", "UPDATE t SET id = 2");
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!"b".equals(source.value("SELECT v FROM t WHERE id = 2"))) {
        assertThat(System.nanoTime()).as("replication").isLessThan(deadline);
      }
      source.slices();
      source.assertConverged();
      assertThat(source.replica.rows("public.t")).hasSize(1);
      source.sql("DROP SUBSCRIPTION s");
    }
  }
}
