package io.distributary.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The task over a real PostgreSQL, in a worker of a few lines. */
@Timeout(120)
class PostgresTaskTest {
  private static final int TRANSACTIONS = 50;

  private final FakeWorker worker = new FakeWorker();
  private final DistributarySourceTask task = new DistributarySourceTask();
  private Connection writer;

  @BeforeEach
  void start() throws SQLException {
    String url = PostgresServer.shared().createDatabase();
    String name = url.replaceAll(".*/(.*)\\?.*", "$1_task");
    writer = DriverManager.getConnection(url);
    sql("CREATE TABLE prices (id int PRIMARY KEY, cents int)");
    sql("CREATE TABLE notes (id int PRIMARY KEY, note text)");
    worker.transactional();
    task.initialize(worker);
    task.start(
        Map.of(
            "name", "shop",
            "connection.url", url,
            "topic.prefix", "shop",
            "events", "transaction",
            "snapshot", "never",
            "slot.name", name,
            "publication.name", name));
  }

  @AfterEach
  void stop() throws SQLException {
    task.stop();
    writer.close();
  }

  @Test
  void smallTransactionsThatWereReadTogetherComeTogetherInTheirOrder() throws Exception {
    List<Long> lsns = new ArrayList<>();
    int most = 0;
    int written = 0;
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    // How many the server has sent by the time of a poll is not ours to say.
    while (most < 4 && System.nanoTime() < deadline) {
      for (int i = 0; i < TRANSACTIONS; i++) {
        written++;
        sql(
            "BEGIN; INSERT INTO prices VALUES (%1$d, 1); INSERT INTO notes VALUES (%1$d, 'n');"
                    .formatted(written)
                + " COMMIT");
      }
      while (lsns.size() < 2 * written && System.nanoTime() < deadline) {
        List<SourceRecord> records = task.poll();
        if (records != null) {
          most = Math.max(most, records.size());
          records.forEach(record -> lsns.add(lsn(record)));
        }
      }
    }

    assertThat(most).isGreaterThanOrEqualTo(4);
    assertThat(lsns).hasSize(2 * written).isSorted();
    assertThat(worker.ends).hasSize(written);
  }

  private static long lsn(SourceRecord record) {
    return ((Struct) record.value()).getStruct("source").getInt64("lsn");
  }

  private void sql(String sql) throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute(sql);
    }
  }
}
