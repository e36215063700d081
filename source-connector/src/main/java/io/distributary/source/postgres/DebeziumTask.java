package io.distributary.source.postgres;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.distributary.core.relation.TableId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * Debezium's own task, run without Connect around it. It has no offsets of its own: on start it is
 * told from where to read, and later what it may confirm to the server.
 *
 * <p>For one thread, but {@link #start} and {@link #close} may each have another.
 */
final class DebeziumTask implements AutoCloseable {
  private final PostgresConnectorTask task = new PostgresConnectorTask();
  private final AtomicReference<Map<String, Object>> offset = new AtomicReference<>();
  private final Map<String, String> settings;
  private long confirmed;

  /**
   * A task that is not started yet.
   *
   * @param from the LSN to read after; null to begin with a snapshot
   */
  DebeziumTask(Map<String, String> settings, Long from) {
    this.settings = settings;
    // Without what it has processed it looks for no position, and the server delivers just what
    // comes after.
    this.offset.set(from == null ? null : Map.of("lsn", from, "txId", 0L, "ts_usec", 0L));
    this.confirmed = from == null ? 0 : from;
    task.initialize(new Context(offset));
  }

  /**
   * Starts it. The server may make it wait.
   *
   * @throws RuntimeException when the server cannot be reached, or refuses
   */
  void start() {
    task.start(settings);
  }

  /**
   * What was decoded since; empty after a short wait.
   *
   * @throws RuntimeException when decoding has failed
   */
  List<SourceRecord> poll() throws InterruptedException {
    List<SourceRecord> records = task.poll();
    return records == null ? List.of() : records;
  }

  /** Lets the server forget what was committed up to there. */
  void confirm(long lsn) throws InterruptedException {
    if (lsn > confirmed) {
      confirmed = lsn;
      offset.set(Map.of("lsn", lsn, "lsn_proc", lsn, "lsn_commit", lsn, "txId", 0L, "ts_usec", 0L));
      task.commit();
    }
  }

  /** The schema of a table's envelopes, also where it has no rows. */
  Schema envelope(TableId table) {
    return task.getSchema()
        .schemaFor(new io.debezium.relational.TableId(null, table.schema(), table.name()))
        .getEnvelopeSchema()
        .schema();
  }

  @Override
  public void close() {
    task.stop();
  }

  private record Context(AtomicReference<Map<String, Object>> stored)
      implements SourceTaskContext, OffsetStorageReader {
    @Override
    public Map<String, String> configs() {
      return Map.of();
    }

    @Override
    public OffsetStorageReader offsetStorageReader() {
      return this;
    }

    @Override
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return stored.get();
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        Collection<Map<String, T>> partitions) {
      Map<Map<String, T>, Map<String, Object>> offsets = new HashMap<>();
      partitions.forEach(partition -> offsets.put(partition, stored.get()));
      return offsets;
    }
  }
}
