package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.CaptureMetrics;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A history goes on, or it is known not to: nothing is ever lost in silence. */
class HistoryTest {
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start().slices();
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void aStopBetweenTheCommitsOfTwoInterleavedTransactionsLosesNeither() throws Exception {
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      source.sql("BEGIN", "INSERT INTO prices VALUES (10, 1)");
      statement.execute("BEGIN");
      statement.execute("INSERT INTO prices VALUES (20, 2)");
      source.sql("INSERT INTO prices VALUES (11, 1)");
      statement.execute("INSERT INTO prices VALUES (21, 2)");
      statement.execute("COMMIT");
      assertThat(SourceFixture.lines(List.of(source.next())))
          .containsExactly("prices c[20, 2.0]", "prices c[21, 2.0]");
      source.capture.acknowledged(source.bookmark);
      source.stop();
      source.sql("COMMIT");
    }

    source.start();

    assertThat(source.changes()).containsExactly("prices c[10, 1.0]", "prices c[11, 1.0]");
  }

  @Test
  void aStopBetweenTwoTransactionsThatWereCommittedAlreadyLosesNeither() throws Exception {
    source.stop();
    try (Connection other = source.connect();
        Statement statement = other.createStatement()) {
      source.sql("BEGIN", "INSERT INTO prices VALUES (10, 1)");
      statement.execute("INSERT INTO prices VALUES (20, 2)");
      source.sql("INSERT INTO prices VALUES (11, 1)", "COMMIT");
    }
    source.start();
    assertThat(SourceFixture.lines(List.of(source.next()))).containsExactly("prices c[20, 2.0]");
    source.capture.acknowledged(source.bookmark);

    source.restart();

    assertThat(source.changes()).containsExactly("prices c[10, 1.0]", "prices c[11, 1.0]");
  }

  @Test
  void aStopInTheMiddleOfACopyLosesNothing() throws Exception {
    source.settings = source.settings.slices(100, 1_000_000);
    source.restart();
    try (Connection other = source.connect()) {
      StringBuilder rows = new StringBuilder();
      for (int i = 100; i < 1100; i++) {
        rows.append(i).append("\t").append(i).append('\n');
      }
      new org.postgresql.copy.CopyManager(other.unwrap(org.postgresql.core.BaseConnection.class))
          .copyIn("COPY prices FROM STDIN", new java.io.StringReader(rows.toString()));
    }
    for (int i = 0; i < 5; i++) {
      assertThat(source.next().bookmark()).isNull();
    }

    source.restart();

    assertThat(source.slices().stream().mapToInt(slice -> slice.changes().size()).sum())
        .isEqualTo(1000);
  }

  @Test
  void theSlotFollowsWhatKafkaHasAndStaysOneTransactionBehind() throws Exception {
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.slices();
    Map<String, Object> acknowledged = source.bookmark;
    long before = (Long) acknowledged.get("before");
    source.sql("INSERT INTO prices VALUES (3, 3)");
    source.slices();
    assertThat(confirmed()).isLessThan(before);

    source.capture.acknowledged(acknowledged);

    source.await(() -> confirmed() == before);
    source.restart();
    assertThat(source.changes()).isEmpty();
    assertThat(confirmed()).isEqualTo(before);
  }

  @Test
  void theSlotAdvancesWhileOthersAreBusy() throws Exception {
    source.settings = source.settings.tables(List.of("public.(prices|marks)"), List.of());
    source.restart();
    source.sql("CREATE TABLE busy(id int, t text)");
    long start = confirmed();
    source.sql("INSERT INTO busy SELECT i, repeat('x', 200) FROM generate_series(1, 20000) i");
    long busy = source.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
    assertThat(busy).isGreaterThan(start + (2 << 20));

    // Each heartbeat lets the slot go where the one before it was.
    source.await(
        () -> {
          source.capture.acknowledged(source.bookmark);
          try {
            source.sql(
                "INSERT INTO busy SELECT i, repeat('x', 200) FROM generate_series(1, 6000) i");
          } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
          }
          return confirmed() > busy;
        });

    source.restart();
    assertThat(source.changes()).isEmpty();
  }

  @Test
  void aSlotThatIsGoneMeansANewEpochAndNewSnapshots() throws Exception {
    String epoch = source.epoch();
    source.stop();
    source.dropSlot();
    source.sql("INSERT INTO prices VALUES (2, 2)");
    beginsAnew(epoch, "prices r[1, 1.0]", "prices r[2, 2.0]");
  }

  @Test
  void aSlotThatWasMadeAnewMeansANewEpochAndNewSnapshots() throws Exception {
    String epoch = source.epoch();
    source.stop();
    source.dropSlot();
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.sql("SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'pgoutput')");
    beginsAnew(epoch, "prices r[1, 1.0]", "prices r[2, 2.0]");
  }

  @Test
  void aSlotThatSomebodyAdvancedMeansANewEpochAndNewSnapshots() throws Exception {
    String epoch = source.epoch();
    source.stop();
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.slotIsFree();
    source.sql("SELECT pg_replication_slot_advance('" + source.slot() + "', pg_current_wal_lsn())");
    beginsAnew(epoch, "prices r[1, 1.0]", "prices r[2, 2.0]");
  }

  /** There is no transaction yet by which another history could be told from this one. */
  @Test
  void aSlotThatSomebodyAdvancedBeforeAnyTransactionWasReadIsNoticed() throws Exception {
    source.close();
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start();
    source.await(
        () -> source.capture.metrics().tables().values().stream().allMatch("ready"::equals));
    assertThat(source.bookmark).containsEntry("txId", 0L);
    String epoch = source.epoch();
    source.stop();
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.slotIsFree();
    source.sql("SELECT pg_replication_slot_advance('" + source.slot() + "', pg_current_wal_lsn())");
    beginsAnew(epoch, "prices r[2, 2.0]");
  }

  @Test
  void aPublicationThatIsGoneMeansANewEpochAndNewSnapshots() throws Exception {
    String epoch = source.epoch();
    source.stop();
    source.slotIsFree();
    source.sql("DROP PUBLICATION " + source.settings.names().publication());
    source.sql("INSERT INTO prices VALUES (2, 2)");
    beginsAnew(epoch, "prices r[1, 1.0]", "prices r[2, 2.0]");
  }

  @Test
  void withoutSnapshotsALostHistoryIsAnError() throws Exception {
    source.stop();
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, false, Truncation.SNAPSHOT);
    source.dropSlot();
    assertThatThrownBy(() -> source.start())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("slot " + source.slot() + " is gone")
        .hasMessageContaining("snapshot=when_needed");
  }

  @Test
  void aTableThatWasUnpublishedForAWhileIsReadAnew() throws Exception {
    source.stop();
    source.sql("ALTER PUBLICATION " + source.settings.names().publication() + " DROP TABLE prices");
    source.sql("INSERT INTO prices VALUES (2, 2)");
    String epoch = source.epoch();

    source.start();

    assertThat(source.changes()).containsExactly("prices r[1, 1.0]", "prices r[2, 2.0]");
    assertThat(source.epoch()).isEqualTo(epoch);
  }

  @Test
  void aTableThatWasUnpublishedAndPublishedAgainMeanwhileIsReadAnew() throws Exception {
    String publication = source.settings.names().publication();
    source.stop();
    source.sql("ALTER PUBLICATION " + publication + " DROP TABLE prices");
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.sql("ALTER PUBLICATION " + publication + " ADD TABLE prices");
    String epoch = source.epoch();

    source.start();

    assertThat(source.changes()).containsExactly("prices r[1, 1.0]", "prices r[2, 2.0]");
    assertThat(source.epoch()).isEqualTo(epoch);
  }

  /** Between two looks, while the capture runs. */
  @Test
  void aTableThatWasUnpublishedForAMomentIsReadAnew() throws Exception {
    String publication = source.settings.names().publication();
    source.sql(
        "ALTER PUBLICATION " + publication + " DROP TABLE prices",
        "INSERT INTO prices VALUES (2, 2)",
        "ALTER PUBLICATION " + publication + " ADD TABLE prices");
    source.await(() -> source.capture.metrics().tables().containsValue(CaptureMetrics.WAITING));
    assertThat(source.changes()).contains("prices r[2, 2.0]");
  }

  @Test
  void aPublicationThatDidNotPublishAllForAWhileMeansNewSnapshots() throws Exception {
    String publication = source.settings.names().publication();
    source.stop();
    source.sql("ALTER PUBLICATION " + publication + " SET (publish = 'insert')");
    source.sql("UPDATE prices SET price = 7");
    source.sql(
        "ALTER PUBLICATION " + publication + " SET (publish = 'insert, update, delete, truncate')");

    source.start();

    assertThat(source.changes()).containsExactly("prices r[1, 7.0]");
  }

  @Test
  void aPublicationThatWasMadeAnewMeansANewEpochAndNewSnapshots() throws Exception {
    String epoch = source.epoch();
    String publication = source.settings.names().publication();
    source.stop();
    source.slotIsFree();
    source.sql("DROP PUBLICATION " + publication);
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.sql(
        "CREATE PUBLICATION "
            + publication
            + " FOR ALL TABLES WITH (publish_via_partition_root = true)");
    beginsAnew(epoch, "prices r[1, 1.0]", "prices r[2, 2.0]");
  }

  /** Offsets of before what was published was remembered. */
  @Test
  void anOffsetThatDoesNotTellWhatWasPublishedGoesOn() throws Exception {
    source.bookmark = new java.util.HashMap<>(source.bookmark);
    source.bookmark.remove("published");
    source.bookmark.remove("partitions");
    source.stop();
    source.sql("INSERT INTO prices VALUES (2, 2)");
    source.start();
    assertThat(source.changes()).containsExactly("prices c[2, 2.0]");
    assertThat(source.bookmark.get("published").toString()).isNotEmpty();
  }

  @Test
  void aTableThatWasDroppedAndMadeAnewIsReadAnew() throws Exception {
    source.stop();
    source.sql(
        "DROP TABLE prices",
        "CREATE TABLE prices(id int PRIMARY KEY, price float8)",
        "INSERT INTO prices VALUES (5, 5)");
    source.start();
    assertThat(source.changes()).containsExactly("prices r[5, 5.0]");
  }

  private void beginsAnew(String epoch, String... rows) throws Exception {
    source.start();
    assertThat(source.changes()).containsExactly(rows);
    assertThat(source.epoch()).isNotEqualTo(epoch);
    source.sql("INSERT INTO prices VALUES (9, 9)");
    assertThat(source.changes()).containsExactly("prices c[9, 9.0]");
  }

  private long confirmed() {
    try {
      return source.number(
          "SELECT confirmed_flush_lsn - '0/0'::pg_lsn FROM pg_replication_slots WHERE slot_name = '"
              + source.slot()
              + "'");
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
