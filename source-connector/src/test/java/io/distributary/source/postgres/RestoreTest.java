package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.UnitKind;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.capture.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that was restored from a backup, or lost its log, is noticed. */
class RestoreTest {
  private static final int LATER = 2901;

  @TempDir Path directory;
  private SourceFixture source;

  @AfterEach
  void close() throws Exception {
    if (source != null) {
      source.stop();
      source.writer.close();
    }
  }

  private void capture(PostgresServer server) throws Exception {
    source = new SourceFixture(server.createDatabase());
    source.sql("CREATE TABLE prices(id int PRIMARY KEY, price float8)");
    source.start().slices();
    source.sql("INSERT INTO prices VALUES (1, 1)");
    source.slices();
  }

  @Test
  void aServerRestoredFromAnOlderCopyIsNoticedAlsoWhenItHasBeenWrittenToSince() throws Exception {
    Path data = directory.resolve("data");
    Path copy = directory.resolve("copy");
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      capture(server);
      source.stop();
    }
    copy(data, copy, file -> true);
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      source.moveTo(server.url(database()));
      source.start();
      source.sql("INSERT INTO prices VALUES (2, 2)");
      assertThat(source.changes()).containsExactly("prices c[2, 2.0]");
      source.stop();
    }
    try (PostgresServer restored = PostgresServer.start(17, Map.of(), copy)) {
      source.moveTo(restored.url(database()));
      beginsAnewAfterMoreWasWritten();
    }
  }

  /**
   * A base backup holds no slots, so somebody makes the slot again, before anything is written: it
   * is where this connector may have left it.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aServerRestoredFromABaseBackupIsNoticedWhetherOnATimelineOfItsOwnOrNot(boolean ownTimeline)
      throws Exception {
    Path data = directory.resolve("data");
    Path copy = directory.resolve("copy");
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      capture(server);
      backUp(data, copy);
      source.sql("INSERT INTO prices VALUES (2, 2)");
      assertThat(source.changes()).containsExactly("prices c[2, 2.0]");
      source.stop();
    }
    if (ownTimeline) {
      // An archive recovery without an archive ends at once, as a promotion does.
      Files.createFile(copy.resolve("recovery.signal"));
    }
    try (PostgresServer restored =
        PostgresServer.start(17, Map.of("restore_command", "false"), copy)) {
      source.moveTo(restored.url(database()));
      source.sql("SELECT pg_create_logical_replication_slot('" + source.slot() + "', 'pgoutput')");
      beginsAnewAfterMoreWasWritten();
    }
  }

  @Test
  void aSlotThatLostItsLogMeansANewEpochAndNewSnapshots() throws Exception {
    try (PostgresServer server =
        PostgresServer.start(
            17, Map.of("max_slot_wal_keep_size", "1MB"), directory.resolve("data"))) {
      capture(server);
      source.stop();
      source.slotIsFree();
      source.sql("INSERT INTO prices SELECT i, i FROM generate_series(100, 3000) i");
      for (int i = 0; i < 3; i++) {
        source.sql("SELECT pg_switch_wal()", "CREATE TABLE filler" + i + "(id int)", "CHECKPOINT");
      }
      assertThat(
              source.value(
                  "SELECT wal_status FROM pg_replication_slots WHERE slot_name = '"
                      + source.slot()
                      + "'"))
          .isEqualTo("lost");
      beginsAnew(LATER + 1);
      source.stop();
    }
  }

  private void beginsAnewAfterMoreWasWritten() throws Exception {
    source.sql("INSERT INTO prices SELECT i, i FROM generate_series(100, 3000) i");
    assertThat(source.number("SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn"))
        .as("the old position is one that this server has, too")
        .isGreaterThan((Long) source.bookmark.get("lsn"));
    beginsAnew(LATER + 1);
    source.stop();
  }

  private void beginsAnew(int rows) throws Exception {
    String epoch = source.epoch();

    List<Slice> slices = source.start().slices();

    assertThat(
            slices.stream()
                .filter(slice -> slice.header().kind() == UnitKind.SNAPSHOT)
                .mapToInt(slice -> slice.changes().size())
                .sum())
        .isEqualTo(rows);
    assertThat(source.epoch()).isNotEqualTo(epoch);
  }

  private String database() {
    return source.settings.server().database();
  }

  /** As pg_basebackup does it while the server runs: without its slots, and with all it needs. */
  private void backUp(Path data, Path copy) throws Exception {
    source.sql("SELECT pg_backup_start('test', true)");
    copy(data, copy, file -> !file.toString().matches("postmaster\\..*|pg_replslot/.+|pg_wal/.+"));
    try (Statement statement = source.writer.createStatement();
        ResultSet stopped = statement.executeQuery("SELECT labelfile FROM pg_backup_stop()")) {
      stopped.next();
      Files.writeString(copy.resolve("backup_label"), stopped.getString(1));
    }
    copy(data.resolve("pg_wal"), copy.resolve("pg_wal"), file -> !file.toString().isEmpty());
  }

  private static void copy(Path from, Path to, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        if (wanted.test(from.relativize(file))) {
          Files.copy(
              file,
              to.resolve(from.relativize(file).toString()),
              StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }
}
