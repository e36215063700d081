package io.distributary.benchmarks;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.distributary.source.DistributarySourceTask;
import io.distributary.source.postgres.PostgresCaptureSettings;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A table of items in PostgreSQL, and a replication slot that holds all changes of it. */
record ItemsSlot(String url) {

  /** Has our task make slot and publication, before there is any row. */
  static ItemsSlot create(String url) throws SQLException {
    try (RawPostgres raw = new RawPostgres(url)) {
      raw.load(List.of());
    }
    ItemsSlot slot = new ItemsSlot(url);
    slot.start(Map.of()).stop();
    return slot;
  }

  /** Upserts items from the first on, in transactions of so many rows. */
  void write(int rows, int transaction, int revision) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement upsert =
            connection.prepareStatement(
                "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    + " price = excluded.price, stock = excluded.stock")) {
      connection.setAutoCommit(false);
      for (int id = 1; id <= rows; id++) {
        Object[] item = Scratch.item(id, revision);
        for (int i = 0; i < item.length; i++) {
          upsert.setObject(i + 1, item[i]);
        }
        upsert.addBatch();
        if (id % transaction == 0 || id == rows) {
          upsert.executeBatch();
          connection.commit();
        } else if (id % 1_000 == 0) {
          upsert.executeBatch();
        }
      }
    }
  }

  /** Our task, which reads from the slot's beginning. */
  DistributarySourceTask start(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(more);
    settings.put("snapshot", "never");
    settings.put("slot.name", name());
    settings.put("publication.name", name());
    return SourceRun.start(url, null, settings);
  }

  /** Debezium's task, as ours runs it; it reads from the slot's beginning, too. */
  PostgresConnectorTask startBare() throws SQLException, ReflectiveOperationException {
    return SourceRun.start(
        new PostgresConnectorTask(),
        Map.of("lsn", beginning(), "txId", 0L, "ts_usec", 0L),
        settings());
  }

  /** The very settings that ours gives it, which are nobody else's concern. */
  @SuppressWarnings("unchecked") // it returns such a map
  private Map<String, String> settings() throws ReflectiveOperationException {
    Method streaming =
        Class.forName("io.distributary.source.postgres.DebeziumSettings")
            .getDeclaredMethod("streaming", PostgresCaptureSettings.class);
    streaming.setAccessible(true);
    return (Map<String, String>)
        streaming.invoke(
            null,
            PostgresCaptureSettings.of(SourceRun.PREFIX, url, null, null).names(name(), name()));
  }

  /** Slots are a server's, not a database's. */
  private String name() {
    return "benchmark_" + url.replaceAll("\\?.*", "").replaceAll(".*/", "");
  }

  private long beginning() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT confirmed_flush_lsn - '0/0'::pg_lsn FROM pg_replication_slots"
                    + " WHERE database = current_database()")) {
      row.next();
      return row.getLong(1);
    }
  }
}
