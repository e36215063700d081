package io.distributary.source.postgres;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.it.postgres.PostgresServer;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** The bare Debezium task on one table {@code t}, its rows as images. */
final class DebeziumRows implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresConnectorTask task = new PostgresConnectorTask();
  private final Connection connection;
  private final RowShapes shapes;
  private final Deque<SourceRecord> records = new ArrayDeque<>();
  private final Map<Schema, RowShape> known = new HashMap<>();
  private RowShape last;

  private DebeziumRows(String url) throws SQLException {
    connection = DriverManager.getConnection(url);
    shapes = new RowShapes(connection);
  }

  /** Begins with a snapshot of the table {@code public.t}. */
  static DebeziumRows start(String url, Map<String, String> more) throws SQLException {
    DebeziumRows rows = new DebeziumRows(url);
    URI address = URI.create(url.substring("jdbc:".length()));
    Map<String, String> settings = new HashMap<>(ValueTransport.settings());
    settings.put("connector.class", PostgresConnector.class.getName());
    settings.put("database.hostname", address.getHost());
    settings.put("database.port", Integer.toString(address.getPort()));
    settings.put("database.user", PostgresServer.USER);
    settings.put("database.password", "unused");
    settings.put("database.dbname", address.getPath().substring(1));
    settings.put("topic.prefix", "p");
    settings.put("plugin.name", "pgoutput");
    settings.put("slot.name", "types" + address.getPath().substring(1));
    settings.put("slot.drop.on.stop", "true");
    settings.put("publication.autocreate.mode", "filtered");
    settings.put("table.include.list", "public.t");
    settings.put("event.converting.failure.handling.mode", "fail");
    settings.put("errors.max.retries", "0");
    settings.put("poll.interval.ms", "5");
    settings.putAll(new SnapshotSelects(rows.connection).settings(List.of(rows.described())));
    settings.putAll(more);
    rows.task.initialize(new NoOffsets(settings));
    rows.task.start(settings);
    return rows;
  }

  /** The next change of a row. */
  Change next() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      SourceRecord record = records.poll();
      if (record == null) {
        if (System.nanoTime() > deadline) {
          throw new AssertionError("Debezium gave no row within " + PATIENCE);
        }
        List<SourceRecord> more = task.poll();
        if (more != null) {
          records.addAll(more);
        }
      } else if (record.value() instanceof Struct value && value.schema().field("op") != null) {
        return change(value);
      }
    }
  }

  private Change change(Struct value) {
    Schema rows = value.schema().field("after").schema();
    last = known.computeIfAbsent(rows, schema -> shapes.of(described(0), schema));
    Op op = "d".equals(value.getString("op")) ? Op.DELETE : Op.UPDATE;
    return new Change(
        op, last.image(value.getStruct("before")), last.image(value.getStruct("after")));
  }

  private CapturedTable described() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 'public.t'::regclass::oid")) {
      row.next();
      return described(row.getLong(1));
    }
  }

  private static CapturedTable described(long oid) {
    return new CapturedTable(
        oid, new TableId("db", "public", "t"), false, 'd', List.of("id"), Map.of(), List.of());
  }

  /** The table that the last change belongs to. */
  Table table() {
    return last.table();
  }

  @Override
  public void close() throws SQLException {
    task.stop();
    connection.close();
  }
}
