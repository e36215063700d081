package io.distributary.benchmarks;

import io.distributary.quickstart.launcher.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the benchmarks that are named, or all, and writes {@code benchmarks/target/ratios.csv}. */
public final class Benchmarks {
  private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

  static {
    ALL.put("sink-sqlite-transaction", new SinkSqlite("transaction", "at least 0.7"));
    ALL.put("sink-sqlite-row", new SinkSqlite("row", "at least 0.4"));
    ALL.put("capture-sqlite", new CaptureSqlite());
    ALL.put("trigger-overhead", new TriggerOverhead());
    ALL.put("sink-postgres-empty", SinkPostgres::empty);
    ALL.put("sink-postgres-update", SinkPostgres::update);
    ALL.put("sink-postgres-raw", SinkPostgres::raw);
    ALL.put("snapshot-postgres", SinkPostgres::snapshot);
    ALL.put("capture-postgres", new CapturePostgres());
    ALL.put("capture-postgres-heap", new CaptureHeap());
    ALL.put("claim-file", new ClaimThroughput("claim-file", () -> new FilePlace(1)));
    ALL.put("claim-file-8", new ClaimThroughput("claim-file-8", () -> new FilePlace(8)));
    ALL.put("claim-cassandra", new ClaimThroughput("claim-cassandra", CassandraPlace::new));
    ALL.put("claim-bytes", new ClaimBytes());
    ALL.put("claim-heap", new ClaimHeap());
    ALL.put("chain-snapshot", new ChainSnapshot());
    ALL.put("chain-latency", new ChainLatency());
    ALL.put("chain-postgres", new ChainPostgres());
  }

  private Benchmarks() {}

  /** {@code [--quick] [NAME...]}; a name stands for every benchmark that begins with it. */
  public static void main(String[] args) throws Exception {
    List<String> names = new ArrayList<>(List.of(args));
    boolean quick = names.remove("--quick");
    for (String name : names) {
      if (ALL.keySet().stream().noneMatch(known -> known.startsWith(name))) {
        System.err.println(
            "No benchmark '" + name + "'; there are: " + String.join(", ", ALL.keySet()));
        System.exit(2);
      }
    }
    System.out.printf(
        "%-34s %14s %14s %8s  %-8s %s%n", "", "ours", "reference", "ratio", "unit", "goal");
    List<String> csv = new ArrayList<>(List.of("name,ours,reference,ratio,unit"));
    for (Map.Entry<String, Benchmark> benchmark : ALL.entrySet()) {
      String name = benchmark.getKey();
      if (names.isEmpty() || names.stream().anyMatch(name::startsWith)) {
        for (Ratio ratio : benchmark.getValue().measure(quick)) {
          System.out.println(ratio.line());
          csv.add(ratio.csv());
        }
      }
    }
    Path file = Checkout.around(Path.of("")).root().resolve("benchmarks/target/ratios.csv");
    Files.createDirectories(file.getParent());
    Files.write(file, csv);
  }
}
