package io.distributary.benchmarks;

import io.distributary.it.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The peak of the live heap, in megabytes, while one transaction is captured and its records are
 * dropped, as it grows; against the peak with the smallest. Up to {@code transaction.memory.bytes}
 * (64 MB) of a transaction wait in memory for its end, the rest in a file.
 */
final class CaptureHeap implements Benchmark {
  private static final double MEGABYTE = 1 << 20;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    try (PostgresServer server = PostgresServer.start(17, Map.of("max_wal_size", "4GB"))) {
      peak(server, 10_000); // loads all classes
      double smallest = 0;
      for (int rows = 10_000; rows <= (quick ? 100_000 : 1_000_000); rows *= 10) {
        double peak = peak(server, rows);
        smallest = smallest == 0 ? peak : smallest;
        ratios.add(
            new Ratio("capture-postgres-heap-" + rows, peak, smallest, "MB", "at most 64 MB more"));
      }
    }
    return ratios;
  }

  private static double peak(PostgresServer server, int rows) throws Exception {
    ItemsSlot slot = ItemsSlot.create(server.createDatabase());
    slot.write(rows, rows, 0);
    try (LiveHeap heap = new LiveHeap()) {
      CapturePostgres.readAll(slot.start(Map.of("events", "transaction")), rows);
      return heap.peak() / MEGABYTE;
    }
  }
}
