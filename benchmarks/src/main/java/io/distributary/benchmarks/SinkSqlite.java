package io.distributary.benchmarks;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import io.distributary.sink.DistributarySinkTask;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Rows per second through the sink task's {@code put}, in units of 1000 rows, against a loop over
 * sqlite-jdbc that writes the same rows with multi-row prepared upserts in the same transactions.
 * Half of the units insert, half update.
 */
final class SinkSqlite implements Benchmark {
  private static final int UNIT = 1_000;
  private static final int ROWS_A_STATEMENT = 100;
  private static final String TOPIC = "canonical.items";
  private static final Table TABLE =
      new Table(
          new TableId("main", null, "items"),
          List.of(
              new Column("id", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("code", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("name", Schema.OPTIONAL_STRING_SCHEMA, "TEXT"),
              new Column("price", Schema.OPTIONAL_FLOAT64_SCHEMA, "REAL"),
              new Column("stock", Schema.OPTIONAL_INT64_SCHEMA, "INTEGER"),
              new Column("note", Schema.OPTIONAL_STRING_SCHEMA, "TEXT")),
          0);

  private final String events;
  private final String goal;
  private final RowWriter writer =
      new RowWriter(
          new TableSchemas(TOPIC, TABLE, false), new Provenance("1", "sqlite", "canonical"));

  SinkSqlite(String events, String goal) {
    this.events = events;
    this.goal = goal;
  }

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int units = quick ? 40 : 200;
    return List.of(
        Ratio.inTurns(
            "sink-sqlite-" + events,
            quick ? 3 : 7,
            () -> ours(units),
            () -> raw(units),
            "rows/s",
            goal));
  }

  private double ours(int units) throws Exception {
    List<List<SinkRecord>> puts = new ArrayList<>();
    long offset = 0;
    for (int unit = 0; unit < units; unit++) {
      List<SinkRecord> put = records(unit, units, offset);
      offset += put.size();
      puts.add(put);
    }
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.file("target.db");
      createTable(file);
      DistributarySinkTask task = new DistributarySinkTask();
      task.initialize(new SinkContext(Set.of(new TopicPartition(TOPIC, 0))));
      task.start(
          Map.of(
              "name", "benchmark",
              "connection.url", "jdbc:sqlite:" + file,
              "start.without.history", "continue"));
      task.open(Set.of(new TopicPartition(TOPIC, 0)));
      long begin = System.nanoTime();
      puts.forEach(task::put);
      double seconds = (System.nanoTime() - begin) / 1e9;
      task.stop();
      check(file, units);
      return units * UNIT / seconds;
    }
  }

  private List<SinkRecord> records(int unit, int units, long offset) {
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", unit + 1), 0, null);
    List<Change> changes = new ArrayList<>();
    for (Object[] item : items(unit, units)) {
      changes.add(Change.present(Op.UPDATE, item));
    }
    List<SinkRecord> records = new ArrayList<>();
    if (events.equals("transaction")) {
      Struct value = writer.batch(changes, header, 0, true, 0, 0);
      records.add(record(Schema.STRING_SCHEMA, "items", writer.schemas().batch(), value, offset));
      return records;
    }
    for (int i = 0; i < UNIT; i++) {
      Change change = changes.get(i);
      Struct value = writer.envelope(change, header, i, i == UNIT - 1, i, 0);
      records.add(
          record(
              writer.schemas().key(),
              writer.key(change),
              writer.schemas().envelope(),
              value,
              offset + i));
    }
    return records;
  }

  private static SinkRecord record(
      Schema keySchema, Object key, Schema valueSchema, Object value, long offset) {
    return new SinkRecord(
        TOPIC, 0, keySchema, key, valueSchema, value, offset, 0L, TimestampType.CREATE_TIME);
  }

  /** The first half of the units inserts, the second updates the same rows. */
  private static List<Object[]> items(int unit, int units) {
    int half = units / 2;
    List<Object[]> items = new ArrayList<>(UNIT);
    for (int i = 0; i < UNIT; i++) {
      items.add(Scratch.item((long) (unit % half) * UNIT + i + 1, unit / half));
    }
    return items;
  }

  private double raw(int units) throws Exception {
    List<List<Object[]>> transactions = new ArrayList<>();
    for (int unit = 0; unit < units; unit++) {
      transactions.add(items(unit, units));
    }
    try (Scratch scratch = Scratch.make()) {
      Path file = scratch.file("target.db");
      createTable(file);
      double seconds;
      try (Connection connection = Scratch.open(file);
          PreparedStatement upsert = connection.prepareStatement(upsert())) {
        connection.setAutoCommit(false);
        long begin = System.nanoTime();
        for (List<Object[]> transaction : transactions) {
          write(upsert, transaction);
          connection.commit();
        }
        seconds = (System.nanoTime() - begin) / 1e9;
      }
      check(file, units);
      return units * UNIT / seconds;
    }
  }

  private static void write(PreparedStatement upsert, List<Object[]> rows) throws SQLException {
    int parameter = 1;
    for (Object[] row : rows) {
      upsert.setLong(parameter++, (Long) row[0]);
      upsert.setString(parameter++, (String) row[1]);
      upsert.setString(parameter++, (String) row[2]);
      upsert.setDouble(parameter++, (Double) row[3]);
      upsert.setLong(parameter++, (Long) row[4]);
      upsert.setString(parameter++, (String) row[5]);
      if (parameter > ROWS_A_STATEMENT * Scratch.COLUMNS) {
        upsert.executeUpdate();
        parameter = 1;
      }
    }
  }

  private static String upsert() {
    return "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)"
        + ", (?, ?, ?, ?, ?, ?)".repeat(ROWS_A_STATEMENT - 1)
        + " ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name,"
        + " price = excluded.price, stock = excluded.stock, note = excluded.note";
  }

  private static void createTable(Path file) throws SQLException {
    try (Connection connection = Scratch.open(file);
        Statement statement = connection.createStatement()) {
      statement.execute(Scratch.TABLE);
    }
  }

  private static void check(Path file, int units) throws SQLException {
    try (Connection connection = Scratch.open(file);
        Statement statement = connection.createStatement()) {
      long rows = statement.executeQuery("SELECT count(*) FROM items").getLong(1);
      if (rows != (long) units / 2 * UNIT) {
        throw new IllegalStateException("The target has " + rows + " rows");
      }
    }
  }
}
