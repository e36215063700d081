package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.source.postgres.Partitions.Partition;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server logs what happens to rows, and not what happens to whole partitions. */
class PartitionsTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql(
        "CREATE TABLE sales(id int, day int, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)",
        "CREATE TABLE sales_1 PARTITION OF sales FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE sales_2 PARTITION OF sales FOR VALUES FROM (10) TO (20)",
        "INSERT INTO sales VALUES (1, 1), (2, 12)");
    source.settings = source.settings.tables(List.of("public[.](sales|marks)"), List.of());
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aTruncatedPartitionMeansASnapshot() throws Exception {
    source.sql("TRUNCATE sales_1");
    awaitRequest();
    assertThat(source.changes()).containsExactly("sales r[2, 12]");
  }

  @Test
  void aDroppedPartitionMeansASnapshot() throws Exception {
    source.sql("DROP TABLE sales_2");
    awaitRequest();
    assertThat(source.changes()).containsExactly("sales r[1, 1]");
  }

  @Test
  void aPartitionDetachedWhileNobodyLookedMeansASnapshot() throws Exception {
    source.stop();
    source.sql("ALTER TABLE sales DETACH PARTITION sales_2", "INSERT INTO sales_2 VALUES (3, 13)");
    source.start();
    assertThat(source.changes()).containsExactly("sales r[1, 1]");
  }

  @Test
  void anAttachedTableMeansASnapshot() throws Exception {
    source.sql(
        "CREATE TABLE sales_3(id int, day int, PRIMARY KEY (id, day))",
        "INSERT INTO sales_3 VALUES (7, 25)",
        "ALTER TABLE sales ATTACH PARTITION sales_3 FOR VALUES FROM (20) TO (30)");
    awaitRequest();
    assertThat(source.changes())
        .containsExactlyInAnyOrder("sales r[1, 1]", "sales r[2, 12]", "sales r[7, 25]");
  }

  /** As is done every day: it begins without rows. */
  @Test
  void aNewPartitionMeansNone() throws Exception {
    source.sql("CREATE TABLE sales_3 PARTITION OF sales FOR VALUES FROM (20) TO (30)");
    source.sql("INSERT INTO sales VALUES (7, 25)");
    assertThat(source.changes()).containsExactly("sales c[7, 25]");
    source.restart();
    source.sql("INSERT INTO sales VALUES (8, 26)");
    assertThat(source.changes()).containsExactly("sales c[8, 26]");
  }

  @Test
  void withoutSnapshotsItGoesOn() throws Exception {
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, false, Truncation.SNAPSHOT);
    source.restart();
    source.sql("TRUNCATE sales_1");
    source.restart();
    source.sql("INSERT INTO sales VALUES (3, 3)");
    assertThat(source.changes()).containsExactly("sales c[3, 3]");
  }

  @Test
  void theTextInABookmarkSaysItAll() {
    Partitions partitions =
        new Partitions(
            List.of(
                new Partition(1, 11, 110, true),
                new Partition(1, 12, 120, false),
                new Partition(2, 21, 0, false)));
    assertThat(partitions.text()).isEqualTo("1:11=110,12=120 2:21=0");
    assertThat(Partitions.of(partitions.text()).text()).isEqualTo(partitions.text());
    assertThat(Partitions.of("").text()).isEmpty();
    assertThat(Partitions.of("").broken(1, partitions)).isNull();
    assertThat(Partitions.of("1:12=120").broken(1, partitions)).contains("attached");
    assertThat(Partitions.of("1:11=110,12=121").broken(1, partitions)).contains("truncated");
    assertThat(Partitions.of("1:10=100,11=110").broken(1, partitions)).contains("taken from it");
  }

  /** A snapshot is asked for at the next look. */
  private void awaitRequest() throws Exception {
    source.await(() -> !"ready".equals(source.capture.metrics().tables().get("public.sales")));
  }
}
