package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.UnitKind;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.capture.Slice;
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

/** A source database, a writer on it, a capture of it, and a replica that follows the capture. */
final class SourceFixture implements AutoCloseable {
  final String url;
  final Connection writer;
  final Replica replica = new Replica();
  TriggerCaptureSettings settings;
  TriggerCapture capture;
  Map<String, Object> bookmark;

  SourceFixture() throws SQLException {
    this(PostgresServer.shared().createDatabase());
  }

  SourceFixture(String url) throws SQLException {
    this.url = url;
    writer = connect();
    settings =
        TriggerCaptureSettings.of("test", url, null, null)
            .times(Duration.ofMillis(1), Duration.ZERO, Duration.ofSeconds(30));
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url);
  }

  /** Runs statements, each in a transaction of its own unless they say otherwise. */
  void sql(String... statements) throws SQLException {
    sql(writer, statements);
  }

  static void sql(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
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

  String value(String query) throws SQLException {
    try (Statement statement = writer.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** Begins to capture, or goes on after the bookmark of the last whole transaction. */
  SourceFixture start() {
    capture = TriggerCapture.open(settings, bookmark);
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

  /**
   * Ends the capture as a power cut of its machine would, and begins another after the bookmark.
   */
  void kill() throws SQLException {
    sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE application_name = 'distributary test' AND datname = current_database()");
    capture = null;
    start();
  }

  /** All slices of what is committed by now; the replica and the bookmark follow. */
  List<Slice> slices() throws InterruptedException {
    List<Slice> slices = new ArrayList<>();
    int silent = 0;
    // A look that finds nothing, after one that ended a reading, has seen every commit before it.
    while (silent < 3) {
      Slice slice = capture.poll(Duration.ZERO);
      if (slice == null) {
        silent++;
      } else {
        silent = 0;
        slices.add(slice);
        take(slice);
      }
    }
    return slices;
  }

  private void take(Slice slice) {
    replica.take(slice);
    bookmark = slice.endOfTransaction() ? slice.bookmark() : bookmark;
    assertThat(slice.bookmark() != null).isEqualTo(slice.endOfTransaction());
  }

  /** The first slice, waited for. */
  Slice awaited() throws InterruptedException {
    Slice slice = capture.poll(Duration.ofSeconds(20));
    assertThat(slice).as("a slice within 20 s").isNotNull();
    take(slice);
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

  /** The replica equals the source, table by table. */
  void assertConverged() throws SQLException {
    assertThat(replica.tables()).isNotEmpty();
    Session session = Session.reader(settings.server(), "check");
    try (session) {
      Catalogue catalogue = new Catalogue(session);
      for (Catalogue.Entry entry : catalogue.entries(settings.schema())) {
        String name = entry.id().qualifiedName();
        if (replica.tables().contains(name)) {
          assertThat(replica.rows(name))
              .as("rows of %s", name)
              .containsExactlyInAnyOrderElementsOf(
                  replica.sourceRows(session, catalogue.definitions(List.of(entry)).get(0)));
        }
      }
    }
  }

  @Override
  public void close() throws SQLException {
    stop();
    writer.close();
  }
}
