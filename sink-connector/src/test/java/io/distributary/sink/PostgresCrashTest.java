package io.distributary.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.Targets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A target that crashes, and takes commits with it that had returned. */
@Timeout(180)
class PostgresCrashTest {
  private static final int SAFE = 10;
  private static final int UNITS = 60;

  private String url;

  private String value(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private FakeWorker worker() {
    SinkConfig config =
        new SinkConfig(
            Map.of(
                "name", "replica",
                "connection.url", url,
                "synchronous.commit", "off",
                "auto.create", "true"));
    return new FakeWorker(() -> new LazyTarget(() -> Targets.open(config.target())))
        .with(
            new Settings(
                Duration.ofSeconds(60),
                50,
                Duration.ofMillis(1),
                WithoutHistory.SNAPSHOT,
                ClaimExpired.FAIL,
                false));
  }

  /** Each unit counts one row up and adds another, so that one lost or applied in part shows. */
  @Test
  void commitsThatACrashTookBackAreAppliedAgainFromKafka(@TempDir Path data) throws SQLException {
    SourceTopic topic = new SourceTopic("shop.prices");
    for (int lsn = 1; lsn <= UNITS; lsn++) {
      topic.batch(SourceTopic.update("e", lsn), SourceTopic.set(0, lsn), SourceTopic.set(lsn, lsn));
    }
    // What is not flushed by a commit, is flushed after three times this delay.
    Map<String, String> lazy = Map.of("wal_writer_delay", "10s", "wal_writer_flush_after", "1GB");
    int major = Integer.getInteger("postgres.major", 17);
    try (PostgresServer server = PostgresServer.start(major, lazy, data)) {
      url = server.createDatabase();
      FakeWorker worker = worker().holds(topic.records().subList(0, SAFE)).start();
      worker.drain(1);
      execute("CHECKPOINT");
      worker.holds(topic.records().subList(0, UNITS / 2)).drain(1);
      Map<TopicPartition, Long> told = worker.committable();
      assertThat(told).containsValue((long) UNITS / 2);
      assertThat(value("SELECT price FROM prices WHERE id = 0")).isEqualTo("" + UNITS / 2);

      server.crash();

      // Connect's own offsets are ahead of the target by now; the checkpoint went back with the
      // rows.
      int left = Integer.parseInt(value("SELECT price FROM prices WHERE id = 0"));
      assertThat(left).isBetween(SAFE, UNITS / 2 - 1);
      assertThat(value("SELECT lsn FROM distributary_checkpoint")).isEqualTo("" + left);
      worker.holds(topic.records());
      for (int i = 0; i < 4; i++) {
        worker.passes(Duration.ofMinutes(2)).drain(1);
      }
      worker.delivery().close();
      assertThat(value("SELECT string_agg(id || '=' || price, ' ' ORDER BY id) FROM prices"))
          .isEqualTo(
              value(
                  "SELECT '0="
                      + UNITS
                      + "' || string_agg(' ' || n || '=' || n, '' ORDER"
                      + " BY n) FROM generate_series(1, "
                      + UNITS
                      + ") n"));
    }
  }
}
