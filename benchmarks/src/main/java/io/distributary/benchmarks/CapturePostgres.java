package io.distributary.benchmarks;

import io.distributary.it.postgres.PostgresServer;
import io.distributary.source.DistributarySourceTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;

/**
 * Rows per second that the source task reads from a replication slot, in transactions of 500 rows,
 * half of them inserts; against Debezium's task as it runs inside of ours, with the same settings,
 * on the same changes in the same slot. Both drop the records; neither confirms any to the server.
 */
final class CapturePostgres implements Benchmark {
  private static final int TRANSACTION = 500;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int rows = quick ? 20_000 : 200_000;
    int turns = quick ? 1 : 3;
    try (PostgresServer server = PostgresServer.start(17, Map.of("max_wal_size", "4GB"))) {
      ServerProcessor processor = ServerProcessor.of(server.url("postgres"));
      ItemsSlot slot = ItemsSlot.create(server.createDatabase());
      slot.write(rows / 2, TRANSACTION, 0);
      slot.write(rows / 2, TRANSACTION, 1);
      List<Ratio> ratios = new ArrayList<>();
      for (String events : List.of("transaction", "row")) {
        ratios.addAll(
            Cost.inTurns(
                "capture-postgres, " + events,
                turns,
                () -> ours(slot, events, processor, rows),
                () -> bare(slot, processor, rows),
                "at least 0.9"));
      }
      return ratios;
    }
  }

  private static Cost ours(ItemsSlot slot, String events, ServerProcessor processor, int rows)
      throws Exception {
    DistributarySourceTask task = slot.start(Map.of("events", events));
    return read(task, processor, rows, CapturePostgres::ourRows);
  }

  private static Cost bare(ItemsSlot slot, ServerProcessor processor, int rows) throws Exception {
    return read(slot.startBare(), processor, rows, CapturePostgres::debeziumRows);
  }

  /** Reads all rows: what of them is ready when the first come is not waited for. */
  private static Cost read(
      SourceTask task, ServerProcessor processor, int rows, ToLongFunction<SourceRecord> count)
      throws Exception {
    try {
      long first = poll(task, count);
      while (first == 0) {
        first = poll(task, count);
      }
      long ready = first;
      return Cost.of(
          processor,
          (double) (rows - ready),
          () -> {
            for (long seen = ready; seen < rows; ) {
              seen += poll(task, count);
            }
          });
    } finally {
      task.stop();
    }
  }

  private static long poll(SourceTask task, ToLongFunction<SourceRecord> count)
      throws InterruptedException {
    List<SourceRecord> records = task.poll();
    return records == null ? 0 : records.stream().mapToLong(count).sum();
  }

  static long ourRows(SourceRecord record) {
    Struct value = (Struct) record.value();
    return value.schema().field("row_count") != null ? value.getInt32("row_count") : 1;
  }

  private static long debeziumRows(SourceRecord record) {
    return ((Struct) record.value()).schema().field("op") != null
            && ((Struct) record.value()).schema().field("after") != null
        ? 1
        : 0;
  }

  /** One started task that is asked for so many rows; for what only looks at it meanwhile. */
  static void readAll(DistributarySourceTask task, long rows) throws InterruptedException {
    try {
      for (long seen = 0; seen < rows; ) {
        seen += poll(task, CapturePostgres::ourRows);
      }
    } finally {
      task.stop();
    }
  }
}
