package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.distributary.core.record.UnitKind;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.capture.Slice;
import io.distributary.source.postgres.SnapshotMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source that is not the one that was read is noticed, whatever happened to it. */
class EpochTest {
  @TempDir Path directory;
  private SourceFixture source;

  @BeforeEach
  void open() throws Exception {
    source = new SourceFixture();
    prepare(source);
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  private static void prepare(SourceFixture source) throws Exception {
    source.sql("CREATE TABLE t(id integer PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')");
    source.start().slices();
    source.sql("INSERT INTO t VALUES (2, 'b')");
    source.slices();
  }

  private static void assertNewEpochWithSnapshots(SourceFixture source, String before)
      throws Exception {
    List<Slice> slices = source.slices();
    assertThat(slices).isNotEmpty();
    assertThat(slices).extracting(s -> s.header().kind()).containsOnly(UnitKind.SNAPSHOT);
    assertThat(slices).extracting(s -> s.header().position().epoch()).doesNotContain(before);
    assertThat(source.bookmark.get("epoch")).isNotEqualTo(before);
    source.assertConverged();
  }

  private static String epoch(SourceFixture source) {
    return (String) source.bookmark.get("epoch");
  }

  @Test
  void aRestartGoesOnInTheSameEpoch() throws Exception {
    String before = epoch(source);
    source.stop();
    source.sql("INSERT INTO t VALUES (3, 'c')");
    source.start();
    assertThat(source.changes()).containsExactly("t c[3, c]");
    assertThat(epoch(source)).isEqualTo(before);
  }

  @Test
  void aServerRestoredFromAnOlderCopyIsNoticedAlsoWhenItWasWrittenTo() throws Exception {
    Path data = directory.resolve("data");
    String url;
    Map<String, Object> bookmark;
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data)) {
      url = server.createDatabase();
      try (SourceFixture first = new SourceFixture(url)) {
        prepare(first);
        bookmark = first.bookmark;
      }
    }
    Path older = directory.resolve("older");
    copy(data, older);
    String database = url.replaceAll(".*/([a-z0-9_]+)[?].*", "$1");
    try (PostgresServer server = PostgresServer.start(17, Map.of(), data);
        SourceFixture ahead = new SourceFixture(server.url(database))) {
      ahead.bookmark = bookmark;
      ahead.start();
      ahead.sql("INSERT INTO t VALUES (3, 'lost')");
      assertThat(ahead.changes()).containsExactly("t c[3, lost]");
      bookmark = ahead.bookmark;
    }
    try (PostgresServer server = PostgresServer.start(17, Map.of(), older);
        SourceFixture restored = new SourceFixture(server.url(database))) {
      for (int i = 30; i < 60; i++) {
        restored.sql("INSERT INTO t VALUES (" + i + ", 'written since')");
      }
      restored.bookmark = bookmark;
      String before = epoch(restored);
      restored.start();
      assertNewEpochWithSnapshots(restored, before);
    }
  }

  @Test
  void anotherServerThatTookOverIsNoticed() throws Exception {
    Path data = directory.resolve("data");
    Path copy = directory.resolve("copy");
    Map<String, Object> bookmark;
    String database;
    try (PostgresServer server = PostgresServer.start(18, Map.of(), data)) {
      String url = server.createDatabase();
      database = url.replaceAll(".*/([a-z0-9_]+)[?].*", "$1");
      try (SourceFixture first = new SourceFixture(url)) {
        prepare(first);
        bookmark = first.bookmark;
      }
    }
    copy(data, copy);
    // An archive recovery without an archive ends at once, on another timeline, as a promotion.
    Files.createFile(copy.resolve("recovery.signal"));
    try (PostgresServer server =
            PostgresServer.start(18, Map.of("restore_command", "false"), copy);
        SourceFixture promoted = new SourceFixture(server.url(database))) {
      promoted.bookmark = bookmark;
      String before = epoch(promoted);
      awaitEndOfRecovery(promoted);
      promoted.start();
      assertNewEpochWithSnapshots(promoted, before);
    }
  }

  private static void awaitEndOfRecovery(SourceFixture server) throws Exception {
    Instant limit = Instant.now().plusSeconds(60);
    while (server.value("SELECT pg_is_in_recovery()").equals("t")) {
      assertThat(Instant.now()).isBefore(limit);
      Thread.sleep(20);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        Files.copy(file, target, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        Files.setAttribute(target, "unix:uid", Files.getAttribute(file, "unix:uid"));
        Files.setAttribute(target, "unix:gid", Files.getAttribute(file, "unix:gid"));
      }
    }
  }

  @Test
  void aCopyOfTheDatabaseIsAnotherHistory() throws Exception {
    String before = epoch(source);
    Map<String, Object> bookmark = source.bookmark;
    source.close();
    PostgresServer server = PostgresServer.shared();
    String name = source.url.replaceAll(".*/([a-z0-9_]+)[?].*", "$1");
    try (SourceFixture admin = new SourceFixture(server.url("postgres"))) {
      admin.sql("CREATE DATABASE " + name + "_copy TEMPLATE " + name);
    }
    try (SourceFixture copy = new SourceFixture(server.url(name + "_copy"))) {
      copy.bookmark = bookmark;
      copy.start();
      assertNewEpochWithSnapshots(copy, before);
    }
    source = new SourceFixture(source.url);
  }

  @Test
  void anEmptiedLogIsNoticedWhileRunningAndOnStart() throws Exception {
    String before = epoch(source);
    source.sql("DELETE FROM distributary.distributary_log", "INSERT INTO t VALUES (3, 'c')");
    assertNewEpochWithSnapshots(source, before);

    before = epoch(source);
    source.stop();
    source.sql("TRUNCATE distributary.distributary_log", "UPDATE t SET v = 'unseen'");
    source.start();
    assertNewEpochWithSnapshots(source, before);
  }

  @Test
  void aDroppedLogIsNoticedAndMadeAgain() throws Exception {
    String before = epoch(source);
    source.sql("DROP TABLE distributary.distributary_log");
    assertNewEpochWithSnapshots(source, before);
    source.sql("INSERT INTO t VALUES (9, 'i')");
    assertThat(source.changes()).containsExactly("t c[9, i]");
  }

  @Test
  void everythingRemovedWhileNobodyWatchedIsANewHistory() throws Exception {
    String before = epoch(source);
    source.stop();
    assertThat(TriggerInstallation.remove(source.settings)).isEqualTo(4 + 4);
    assertThat(source.value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"))
        .isEqualTo("0");
    source.sql("UPDATE t SET v = 'unseen'");
    source.start();
    assertNewEpochWithSnapshots(source, before);
  }

  @Test
  void anOlderBookmarkThanTheLogReachesBackToIsANewHistory() throws Exception {
    String before = epoch(source);
    Map<String, Object> older = source.bookmark;
    source.sql("INSERT INTO t VALUES (3, 'c')");
    source.slices();
    source.sql("INSERT INTO t VALUES (4, 'd')");
    source.slices();
    source.capture.acknowledged(source.bookmark);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!"0"
        .equals(
            source.value(
                "SELECT count(*) FROM distributary.distributary_log" + " WHERE op = 'c'"))) {
      assertThat(System.nanoTime()).as("the log is pruned").isLessThan(deadline);
      source.slices();
    }
    source.stop();
    source.bookmark = new HashMap<>(older);
    source.start();
    assertNewEpochWithSnapshots(source, before);
  }

  @Test
  void withoutSnapshotsALostHistoryIsAnError() throws Exception {
    source.stop();
    source.settings = source.settings.snapshots(SnapshotMode.NEVER, true, false);
    source.sql("DELETE FROM distributary.distributary_log");
    source.start();
    assertThatThrownBy(() -> source.slices())
        .isInstanceOf(CaptureException.class)
        .hasMessageContaining("is not the one that was read")
        .hasMessageContaining("snapshot=when_needed");
  }

  @Test
  void aConnectionThatTheServerEndsIsMadeAgain() throws Exception {
    String before = epoch(source);
    source.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'distributary test'"
            + " AND datname = current_database()",
        "INSERT INTO t VALUES (3, 'c')");
    assertThat(source.awaited().changes()).hasSize(1);
    assertThat(epoch(source)).isEqualTo(before);
    source.assertConverged();
  }
}
