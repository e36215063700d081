package io.distributary.source.postgres;

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
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A source database, a writer on it, and a capture of it. */
final class SourceFixture implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  String url;
  Connection writer;
  PostgresCaptureSettings settings;
  PostgresCapture capture;
  Map<String, Object> bookmark;

  private int marks;

  SourceFixture(String url) throws SQLException {
    this.url = url;
    writer = connect();
    String database = value("SELECT current_database()").toString();
    settings =
        PostgresCaptureSettings.of(database, url, null, null)
            .times(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ofSeconds(20));
    // The tests' way to know that all up to a moment has arrived.
    sql("CREATE TABLE marks(mark int PRIMARY KEY)");
  }

  static SourceFixture shared() throws SQLException {
    return new SourceFixture(PostgresServer.shared().createDatabase());
  }

  /** The same source on another server, as after a restore. */
  void moveTo(String otherUrl) throws SQLException {
    url = otherUrl;
    writer = connect();
    sql("SET synchronous_commit = on"); // or the log ends a little earlier than it will
    settings =
        PostgresCaptureSettings.of(settings.names().connector(), url, null, null)
            .times(Duration.ofMillis(5), Duration.ofMillis(200), Duration.ofSeconds(20));
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(url);
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

  long number(String query) throws SQLException {
    return ((Number) value(query)).longValue();
  }

  /** Begins to capture, or goes on after the bookmark of the last whole transaction. */
  SourceFixture start() {
    capture = PostgresCapture.open(settings, bookmark);
    return this;
  }

  void stop() {
    if (capture != null) {
      capture.close();
      capture = null;
    }
  }

  /** Drops the slot, once the server knows that nobody uses it any more. */
  void dropSlot() throws SQLException, InterruptedException {
    slotIsFree();
    sql("SELECT pg_drop_replication_slot('" + slot() + "')");
  }

  void slotIsFree() throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (number(
            "SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '"
                + slot()
                + "'")
        > 0) {
      assertThat(System.nanoTime()).as("the slot is free").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  String slot() {
    return settings.names().slot();
  }

  String epoch() {
    return bookmark.get("epoch").toString();
  }

  void restart() {
    stop();
    start();
  }

  /** The next slice, waited for; the bookmark follows. */
  Slice next() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      Slice slice = capture.atHand();
      slice = slice != null ? slice : capture.poll(Duration.ofMillis(100));
      if (slice != null) {
        took(slice);
        if (slice.table() != null) {
          return slice;
        }
      }
    }
    throw new AssertionError("No slice within " + PATIENCE);
  }

  /** Lets the bookmark follow. */
  void took(Slice slice) {
    assertThat(slice.bookmark() != null).isEqualTo(slice.endOfTransaction());
    bookmark = slice.endOfTransaction() ? slice.bookmark() : bookmark;
  }

  /** All slices of what is committed by now, but the tests' own. */
  List<Slice> slices() throws InterruptedException, SQLException {
    return slices(slice -> {});
  }

  /** The same, for a replica to take. */
  List<Slice> slices(Replica replica) throws InterruptedException, SQLException {
    return slices(replica::take);
  }

  private List<Slice> slices(Consumer<Slice> taker) throws InterruptedException, SQLException {
    mark();
    List<Slice> slices = new ArrayList<>();
    while (true) {
      Slice slice = next();
      if (!slice.table().id().name().equals("marks")) {
        slices.add(slice);
        taker.accept(slice);
      } else if (slice.endOfTransaction() && slice.changes().stream().anyMatch(this::isMark)) {
        if (capture.metrics().tables().values().stream().allMatch("ready"::equals)) {
          return slices;
        }
        mark(); // a snapshot had it, and others are still to come
      }
    }
  }

  private void mark() throws SQLException {
    sql("INSERT INTO marks VALUES (" + ++marks + ")");
  }

  private boolean isMark(Change change) {
    return change.after()[0].equals(marks);
  }

  /** What is committed by now, one line per change: {@code prices u[1, 9.5]}. */
  List<String> changes() throws InterruptedException, SQLException {
    return lines(slices());
  }

  static List<String> lines(List<Slice> slices) {
    List<String> lines = new ArrayList<>();
    for (Slice slice : slices) {
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
    for (int i = 0; change.before() != null && i < slice.table().keySize(); i++) {
      key.add(String.valueOf(change.before()[slice.table().keyIndex(i)]));
    }
    return key.toString();
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? "x'" + HexFormat.of().formatHex(bytes) + "'"
        : String.valueOf(value);
  }

  /** Polls until something holds that does not come as a slice. */
  void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting").isLessThan(deadline);
      Slice slice = capture.poll(Duration.ofMillis(20));
      if (slice != null && slice.endOfTransaction()) {
        bookmark = slice.bookmark();
      }
    }
  }

  private void slotIsFreeAtLast() throws SQLException {
    try {
      slotIsFree();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws SQLException {
    stop();
    slotIsFreeAtLast();
    sql(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"
            + " AND database = current_database()");
    writer.close();
  }
}
