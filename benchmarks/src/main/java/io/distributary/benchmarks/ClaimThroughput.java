package io.distributary.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimReader;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.sink.read.ClaimedRows;
import io.distributary.smt.ClaimCheckDeposit;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Rows per second of one large unit through {@code ClaimCheckDeposit}, and back as the sink reads
 * them, each to a change; against writing and reading the very same chunks without making or
 * looking into them. Four figures: the way there, the way back, both in a row, and the way back to
 * structs as {@code ClaimCheckRedeem} takes it. Three more are processor time, the server's
 * included, which the load of the machine disturbs less. All that for the other benchmarks' items,
 * and for {@link VariedItems}.
 */
final class ClaimThroughput implements Benchmark {
  private static final int DISTINCT_PARTS = 100;
  private static final double MILLION = 1_000_000;
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private final String name;
  private final Callable<ClaimPlace> opener;

  ClaimThroughput(String name, Callable<ClaimPlace> opener) {
    this.name = name;
    this.opener = opener;
  }

  /** How long something took, and how long this process and the server worked, in seconds. */
  private record Time(double elapsed, double processor) {
    static final Time NONE = new Time(0, 0);

    static Time since(ClaimPlace place, Time begin) {
      Time now = now(place);
      return new Time(now.elapsed - begin.elapsed, now.processor - begin.processor);
    }

    static Time now(ClaimPlace place) {
      double here = PROCESS.getProcessCpuTime() / 1e9;
      return new Time(System.nanoTime() / 1e9, here + place.serverSeconds());
    }
  }

  /** What a turn took. */
  private record Times(Time write, Time read, Time redeem) {
    double both() {
      return write.elapsed + read.elapsed;
    }
  }

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    try (ClaimPlace place = opener.call();
        ClaimStore store = store(place)) {
      ratios.addAll(measure(name, new ClaimUnits(), place, store, quick));
      ratios.addAll(
          measure(name + "-varied", new ClaimUnits(VariedItems::item), place, store, quick));
    }
    return ratios;
  }

  private static List<Ratio> measure(
      String name, ClaimUnits units, ClaimPlace place, ClaimStore store, boolean quick)
      throws Exception {
    int parts = quick ? 200 : 1_000;
    int turns = quick ? 3 : 7;
    List<Times> ours = new ArrayList<>();
    List<Times> plain = new ArrayList<>();
    for (int turn = 0; turn <= turns; turn++) {
      List<SourceRecord> unit = units.unit(turn + 1, parts, DISTINCT_PARTS);
      List<byte[]> chunks = new ArrayList<>();
      ours.add(ours(place, store, unit, chunks));
      plain.add(plain(place, chunks));
    }
    double rows = (double) parts * ClaimUnits.PART_ROWS;
    return List.of(
        ratio(name + "-deposit", rows, elapsed(ours, Times::write), elapsed(plain, Times::write)),
        ratio(name + "-read", rows, elapsed(ours, Times::read), elapsed(plain, Times::read)),
        ratio(name, rows, turnsOf(ours, Times::both), turnsOf(plain, Times::both)),
        ratio(name + "-redeem", rows, elapsed(ours, Times::redeem), elapsed(plain, Times::read)),
        cpu(name + "-deposit (cpu)", rows, work(ours, Times::write), work(plain, Times::write)),
        cpu(name + "-read (cpu)", rows, work(ours, Times::read), work(plain, Times::read)),
        cpu(name + "-redeem (cpu)", rows, work(ours, Times::redeem), work(plain, Times::read)));
  }

  private static double[] elapsed(List<Times> times, Function<Times, Time> what) {
    return turnsOf(times, turn -> what.apply(turn).elapsed);
  }

  private static double[] work(List<Times> times, Function<Times, Time> what) {
    return turnsOf(times, turn -> what.apply(turn).processor);
  }

  private static double[] turnsOf(List<Times> times, ToDoubleFunction<Times> what) {
    return times.stream().skip(1).mapToDouble(what).toArray(); // the first warms up
  }

  private static Ratio ratio(String name, double rows, double[] ours, double[] plain) {
    return new Ratio(
        name, rows / Ratio.median(ours), rows / Ratio.median(plain), "rows/s", "at least 0.8");
  }

  private static Ratio cpu(String name, double rows, double[] ours, double[] plain) {
    double perMillion = MILLION / rows;
    return new Ratio(
        name,
        Ratio.median(ours) * perMillion,
        Ratio.median(plain) * perMillion,
        "s/Mrows",
        "the less, the better");
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
      Time begin = Time.now(place);
      Claim claim = deposit(deposit, unit.iterator());
      Time write = Time.since(place, begin);
      Time read = timed(place, () -> read(store, claim), unit);
      Time redeem = timed(place, () -> redeem(store, claim), unit);
      for (int i = 0; i < claim.chunks(); i++) {
        chunks.add(store.get(claim.id(), i).toCompletableFuture().join());
      }
      store.delete(claim.id(), claim.chunks(), Instant.now());
      return new Times(write, read, redeem);
    }
  }

  private static Time timed(ClaimPlace place, LongSupplier reading, List<SourceRecord> unit) {
    Time begin = Time.now(place);
    long rows = reading.getAsLong();
    Time took = Time.since(place, begin);
    if (rows != (long) unit.size() * ClaimUnits.PART_ROWS) {
      throw new IllegalStateException(rows + " rows came back");
    }
    return took;
  }

  static Claim deposit(ClaimCheckDeposit<SourceRecord> deposit, Iterator<SourceRecord> unit) {
    SourceRecord last = null;
    while (unit.hasNext()) {
      last = deposit.apply(unit.next());
    }
    return Claim.of(((Struct) last.value()).get("claim"));
  }

  /** Reads all rows to changes, as the sink does, and returns how many there are. */
  static long read(ClaimStore store, Claim claim) {
    ClaimedRows rows = new ClaimedRows();
    Schema schema = null;
    long changes = 0;
    try (ClaimReader reader = ClaimReader.open(store, claim, null, RowForm.ARRAYS)) {
      while (reader.hasNext()) {
        Object[] row = (Object[]) reader.next();
        if (schema != reader.schema()) {
          schema = reader.schema();
          rows.table(schema, reader.origin());
        }
        changes += rows.change(row).after() != null ? 1 : 0;
      }
    }
    return changes;
  }

  /** Reads all rows to structs, as {@code ClaimCheckRedeem} does. */
  private static long redeem(ClaimStore store, Claim claim) {
    long rows = 0;
    try (ClaimReader reader = ClaimReader.open(store, claim)) {
      while (reader.hasNext()) {
        rows += reader.nextRow().schema() == reader.schema() ? 1 : 0;
      }
    }
    return rows;
  }

  private static Times plain(ClaimPlace place, List<byte[]> chunks) throws Exception {
    Time begin = Time.now(place);
    place.write(chunks);
    Time write = Time.since(place, begin);
    begin = Time.now(place);
    long bytes = place.read(chunks.size());
    Time read = Time.since(place, begin);
    if (bytes != chunks.stream().mapToLong(chunk -> chunk.length).sum()) {
      throw new IllegalStateException(bytes + " bytes came back");
    }
    place.clear();
    return new Times(write, read, Time.NONE);
  }
}
