package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.PARTITION;
import static io.distributary.sink.write.Sample.at;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.distributary.it.mariadb.MariaDbServer;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.sink.unit.Checkpoint;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A task and the one that takes its partitions over meet at the checkpoint's row. */
@Timeout(120)
class FencingTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private enum Server {
    POSTGRESQL(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock'") {
      @Override
      String createDatabase() throws SQLException {
        return PostgresServer.shared().createDatabase();
      }
    },
    MARIADB(
        "SELECT count(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
            + " ON p.id = t.trx_mysql_thread_id WHERE p.db = database()"
            + " AND t.trx_state = 'LOCK WAIT'") {
      @Override
      String createDatabase() throws SQLException {
        return MariaDbServer.shared().createDatabase();
      }
    };

    private final String waiting;

    Server(String waiting) {
      this.waiting = waiting;
    }

    abstract String createDatabase() throws SQLException;
  }

  private static void awaitLockWait(Server server, Database watcher) throws SQLException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (watcher.value(server.waiting).equals("0")) {
      assertThat(System.nanoTime()).as("Nobody waits for a lock").isLessThan(deadline);
      // InnoDB tells the same again to whoever asks within a tenth of a second.
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
    }
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void aZombieThatCommitsWhileItIsReplacedWaitsAndIsFenced(Server server) throws Exception {
    Settings settings = new Settings(server.createDatabase());
    try (Database successor = new Database(settings.url);
        Database watcher = new Database(settings.url);
        Target zombie = Targets.open(settings.done())) {
      zombie.claim(List.of(PARTITION));
      zombie.apply(update(TargetContract.ITEMS, up(1L, "a", 1.0)));
      zombie.commit(at(1));
      zombie.apply(update(TargetContract.ITEMS, up(2L, "b", 2.0)));
      successor.execute("BEGIN", "UPDATE distributary_checkpoint SET owner = 'successor'");

      CompletableFuture<Void> commit = CompletableFuture.runAsync(() -> zombie.commit(at(2)));
      awaitLockWait(server, watcher);
      successor.execute("COMMIT");

      assertThatThrownBy(() -> commit.get(60, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .asInstanceOf(type(WriteException.class))
          .returns(WriteException.Kind.FENCED, WriteException::kind);
      assertThat(successor.rows(TargetContract.ALL)).containsExactly("1|a|1.0");
      assertThat(successor.value("SELECT kafka_offset FROM distributary_checkpoint"))
          .isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource(Server.class)
  void aSuccessorWaitsForACommitUnderWayAndGoesOnBehindIt(Server server) throws Exception {
    Settings settings = new Settings(server.createDatabase());
    try (Database zombie = new Database(settings.url);
        Database watcher = new Database(settings.url);
        Target successor = Targets.open(settings.done())) {
      successor.claim(List.of(PARTITION));
      successor.commit(at(1));
      zombie.execute("BEGIN", "UPDATE distributary_checkpoint SET kafka_offset = 2, lsn = 2");

      CompletableFuture<Map<TopicPartition, Checkpoint>> claim =
          CompletableFuture.supplyAsync(() -> successor.claim(List.of(PARTITION)));
      awaitLockWait(server, watcher);
      zombie.execute("COMMIT");

      assertThat(claim.get(60, TimeUnit.SECONDS)).isEqualTo(at(2));
      successor.commit(at(3));
      assertThat(zombie.value("SELECT kafka_offset FROM distributary_checkpoint")).isEqualTo("3");
    }
  }
}
