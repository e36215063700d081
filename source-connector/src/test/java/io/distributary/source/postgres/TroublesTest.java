package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.distributary.source.capture.CaptureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What passes is waited for. */
class TroublesTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = SourceFixture.shared();
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start().slices();
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void brokenConnectionsAreMadeAnewAndNothingIsLostOrSentTwice() throws Exception {
    String epoch = source.epoch();
    for (int i = 1; i <= 3; i++) {
      source.sql("INSERT INTO prices VALUES (" + i + ", 0)");
      source.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
              + " AND datname = current_database()");
      assertThat(source.changes()).containsExactly("prices c[" + i + ", 0.0]");
    }
    assertThat(source.epoch()).isEqualTo(epoch);
  }

  /** It is not the server's trouble, and does not pass. */
  @Test
  void aDirectoryThatCannotHoldATransactionStopsTheTask() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "no directory");
    source.settings = source.settings.holding(0, file);
    source.restart();
    source.sql("INSERT INTO prices VALUES (1, 1), (2, 2)");

    assertThatThrownBy(() -> source.next())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("No file can be made for a transaction")
        .hasMessageContaining("transaction.spool.directory");
  }

  /** Parts of it were sent: only all of it, from the beginning, makes a unit. */
  @Test
  void aConnectionThatIsLostInsideOfATransactionStopsTheTaskWhichReadsItWholeAgain()
      throws Exception {
    assumeTrue(
        source.number("SELECT current_setting('server_version_num')::int") >= 170_000,
        "a zero interval may be infinite from 17 on, and is looked up");
    source.sql("CREATE TABLE spans(id int PRIMARY KEY, span interval)");
    source.await(() -> source.capture.metrics().tables().containsKey("public.spans"));
    source.slices();
    source.settings = source.settings.holding(0, null).slices(1, 1_000_000);
    source.restart();
    source.sql("INSERT INTO spans SELECT i, interval '0' FROM generate_series(1, 5) i");
    assertThat(source.next().endOfTransaction()).isFalse();
    source.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            + " AND datname = current_database()");

    assertThatThrownBy(() -> source.slices())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("failed inside of a transaction, which a restart reads again");

    source.restart();
    assertThat(source.slices()).hasSize(5);
  }

  @Test
  void aTroubleThatComesBackAtOnceEveryTimeIsOneOutage() throws Exception {
    source.settings =
        source.settings.times(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ofSeconds(9));
    source.restart();
    source.slices();

    // Whenever there is a stream, it is ended; what it is opened with goes on.
    assertThatThrownBy(
            () -> {
              while (true) {
                source.sql(
                    "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                        + " WHERE active_pid IS NOT NULL AND slot_name = '"
                        + source.slot()
                        + "'");
                source.capture.poll(Duration.ofMillis(10));
              }
            })
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("could not be used for 9 s");
  }
}
