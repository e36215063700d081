package io.distributary.benchmarks;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimReader;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.smt.ClaimCheckDeposit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Rows per second of one large unit through {@code ClaimCheckDeposit}, and back as the sink reads
 * them, each to a struct; against writing and reading the very same chunks without making or
 * looking into them. Three figures: the way there, the way back, and both in a row.
 */
final class ClaimThroughput implements Benchmark {
  private static final int DISTINCT_PARTS = 100;

  private final String name;
  private final Callable<ClaimPlace> opener;

  ClaimThroughput(String name, Callable<ClaimPlace> opener) {
    this.name = name;
    this.opener = opener;
  }

  /** How long a turn took, in seconds. */
  private record Times(double write, double read) {
    double both() {
      return write + read;
    }
  }

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    int parts = quick ? 200 : 1_000;
    int turns = quick ? 3 : 5;
    List<Times> ours = new ArrayList<>();
    List<Times> plain = new ArrayList<>();
    try (ClaimPlace place = opener.call();
        ClaimStore store = store(place)) {
      for (int turn = 0; turn <= turns; turn++) {
        List<SourceRecord> unit = new ClaimUnits().unit(turn + 1, parts, DISTINCT_PARTS);
        List<byte[]> chunks = new ArrayList<>();
        ours.add(ours(place, store, unit, chunks));
        plain.add(plain(place, chunks));
      }
    }
    double rows = (double) parts * ClaimUnits.PART_ROWS;
    return List.of(
        ratio(name + "-deposit", rows, turnsOf(ours, Times::write), turnsOf(plain, Times::write)),
        ratio(name + "-read", rows, turnsOf(ours, Times::read), turnsOf(plain, Times::read)),
        ratio(name, rows, turnsOf(ours, Times::both), turnsOf(plain, Times::both)));
  }

  private static double[] turnsOf(List<Times> times, ToDoubleFunction<Times> what) {
    return times.stream().skip(1).mapToDouble(what).toArray(); // the first warms up
  }

  private static Ratio ratio(String name, double rows, double[] ours, double[] plain) {
    return new Ratio(
        name, rows / Ratio.median(ours), rows / Ratio.median(plain), "rows/s", "at least 0.8");
  }

  /** A store of its own for reading, as the sink has. */
  static ClaimStore store(ClaimPlace place) {
    ConfigDef definition = new ConfigDef();
    ClaimStores.define(definition, "");
    return ClaimStores.open(new AbstractConfig(definition, place.settings(), false), "");
  }

  /**
   * One turn of ours.
   *
   * @param chunks is given what the turn stored
   */
  private static Times ours(
      ClaimPlace place, ClaimStore store, List<SourceRecord> unit, List<byte[]> chunks) {
    store.check();
    try (ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      deposit.configure(place.settings());
      long begin = System.nanoTime();
      Claim claim = deposit(deposit, unit.iterator());
      long deposited = System.nanoTime();
      long rows = read(store, claim);
      long read = System.nanoTime();
      if (rows != (long) unit.size() * ClaimUnits.PART_ROWS) {
        throw new IllegalStateException(rows + " rows came back");
      }
      for (int i = 0; i < claim.chunks(); i++) {
        chunks.add(store.get(claim.id(), i).toCompletableFuture().join());
      }
      store.delete(claim.id(), claim.chunks());
      return new Times((deposited - begin) / 1e9, (read - deposited) / 1e9);
    }
  }

  static Claim deposit(ClaimCheckDeposit<SourceRecord> deposit, Iterator<SourceRecord> unit) {
    SourceRecord last = null;
    while (unit.hasNext()) {
      last = deposit.apply(unit.next());
    }
    return Claim.of(((Struct) last.value()).get("claim"));
  }

  /** Reads all rows, and returns how many there are. */
  static long read(ClaimStore store, Claim claim) {
    long rows = 0;
    try (ClaimReader reader = ClaimReader.open(store, claim)) {
      while (reader.hasNext()) {
        rows += reader.nextRow().schema() == reader.schema() ? 1 : 0;
      }
    }
    return rows;
  }

  private static Times plain(ClaimPlace place, List<byte[]> chunks) throws Exception {
    long begin = System.nanoTime();
    place.write(chunks);
    long written = System.nanoTime();
    long bytes = place.read(chunks.size());
    long read = System.nanoTime();
    if (bytes != chunks.stream().mapToLong(chunk -> chunk.length).sum()) {
      throw new IllegalStateException(bytes + " bytes came back");
    }
    place.clear();
    return new Times((written - begin) / 1e9, (read - written) / 1e9);
  }
}
