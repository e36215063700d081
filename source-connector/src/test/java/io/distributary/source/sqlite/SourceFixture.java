package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.source.capture.Slice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A source database, a writer on it, a capture of it, and a replica that follows the capture. */
final class SourceFixture implements AutoCloseable {
  final Path file;
  final Connection writer;
  final Replica replica = new Replica();
  SqliteCaptureSettings settings;
  SqliteCapture capture;
  Map<String, Object> bookmark;

  SourceFixture(Path directory, String journalMode) throws SQLException {
    file = directory.resolve("source.db");
    writer = connect();
    sql("PRAGMA journal_mode = " + journalMode);
    settings = SqliteCaptureSettings.of(file);
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  /** Runs statements, each in a transaction of its own unless they say otherwise. */
  void sql(String... statements) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Runs statements in one transaction. */
  void transaction(String... statements) throws SQLException {
    sql("BEGIN");
    sql(statements);
    sql("COMMIT");
  }

  Object value(String query) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getObject(1) : null;
    }
  }

  /** Runs a script in the {@code sqlite3} shell, as a writer in another process. */
  void shell(String script) throws Exception {
    Process shell;
    try {
      shell =
          new ProcessBuilder("sqlite3", "-bail", file.toString()).redirectErrorStream(true).start();
    } catch (java.io.IOException e) {
      Assumptions.abort("The sqlite3 shell is not installed: " + e.getMessage());
      return;
    }
    try (var in = shell.getOutputStream()) {
      in.write((".timeout 10000\n" + script).getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(shell.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(shell.exitValue()).as(output).isZero();
  }

  /** Begins to capture, or goes on after the bookmark of the last whole transaction. */
  SourceFixture start() {
    capture = SqliteCapture.open(settings, bookmark);
    return this;
  }

  void stop() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }

  void restart() {
    stop();
    start();
  }

  /** All slices of what is committed by now; the replica and the bookmark follow. */
  List<Slice> slices() throws InterruptedException {
    List<Slice> slices = new ArrayList<>();
    int silent = 0;
    // A look that finds nothing, after one that ended a reading, has seen every commit before it.
    while (silent < 2) {
      Slice slice = capture.poll(Duration.ZERO);
      if (slice == null) {
        silent++;
      } else {
        silent = 0;
        slices.add(slice);
        replica.take(slice);
        bookmark = slice.endOfTransaction() ? slice.bookmark() : bookmark;
        assertThat(slice.bookmark() != null).isEqualTo(slice.endOfTransaction());
      }
    }
    return slices;
  }

  /** The first slice, waited for. */
  Slice awaited() throws InterruptedException {
    Slice slice = capture.poll(Duration.ofSeconds(20));
    assertThat(slice).as("a slice within 20 s").isNotNull();
    replica.take(slice);
    bookmark = slice.endOfTransaction() ? slice.bookmark() : bookmark;
    return slice;
  }

  /** What is committed by now, one line per change: {@code prices u[1, 9.5]}. */
  List<String> changes() throws InterruptedException {
    List<String> lines = new ArrayList<>();
    for (Slice slice : slices()) {
      String table = slice.table().id().name();
      if (slice.header().kind() == UnitKind.SNAPSHOT && slice.changes().isEmpty()) {
        lines.add(table + " empty");
      }
      for (Change change : slice.changes()) {
        lines.add(table + " " + change.op().code() + text(change, slice));
      }
    }
    return lines;
  }

  private static String text(Change change, Slice slice) {
    if (change.after() != null) {
      return Arrays.stream(change.after()).map(SourceFixture::text).toList().toString();
    }
    List<String> key = new ArrayList<>();
    for (int i = 0; i < slice.table().keySize(); i++) {
      key.add(text(change.before()[slice.table().keyIndex(i)]));
    }
    return key.toString();
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? "x'" + HexFormat.of().formatHex(bytes) + "'"
        : String.valueOf(value);
  }

  /** The replica equals the source, table by table, the types of all values included. */
  void assertConverged() throws SQLException {
    for (var table : new SqliteCatalogue(writer).names().entrySet()) {
      if (replica.knows(table.getKey())) {
        assertThat(replica.rows(table.getKey()))
            .as("rows of %s", table.getKey())
            .containsExactlyInAnyOrderElementsOf(replica.sourceRows(writer, table.getKey()));
      }
    }
  }

  @Override
  public void close() throws SQLException {
    stop();
    writer.close();
  }
}
