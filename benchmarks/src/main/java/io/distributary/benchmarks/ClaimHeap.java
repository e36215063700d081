package io.distributary.benchmarks;

import io.distributary.core.claim.Claim;
import io.distributary.core.claim.ClaimStore;
import io.distributary.smt.ClaimCheckDeposit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * The peak of the live heap, in megabytes, while a unit is deposited part by part and read back as
 * the sink does, as the unit grows; against the peak with the smallest unit. Small units are
 * repeated, so that each size is looked at about as often.
 */
final class ClaimHeap implements Benchmark {
  private static final int LEAST_ROWS = 1_000_000;
  private static final double MEGABYTE = 1 << 20;

  private final ClaimUnits units = new ClaimUnits();
  private long lsn;

  @Override
  public List<Ratio> measure(boolean quick) throws Exception {
    List<Ratio> ratios = new ArrayList<>();
    try (ClaimPlace place = new FilePlace(1);
        ClaimStore store = ClaimThroughput.store(place)) {
      peak(place, store, 10_000, 10); // loads all classes
      double smallest = 0;
      for (int rows = 10_000; rows <= (quick ? 1_000_000 : 10_000_000); rows *= 10) {
        double peak = peak(place, store, rows, Math.max(1, LEAST_ROWS / rows));
        smallest = smallest == 0 ? peak : smallest;
        ratios.add(new Ratio("claim-heap-" + rows, peak, smallest, "MB", "flat: at most 1.2"));
      }
    }
    return ratios;
  }

  private double peak(ClaimPlace place, ClaimStore store, int rows, int times) {
    try (LiveHeap heap = new LiveHeap();
        ClaimCheckDeposit<SourceRecord> deposit = new ClaimCheckDeposit<>()) {
      deposit.configure(place.settings());
      for (int i = 0; i < times; i++) {
        lsn++;
        Claim claim = ClaimThroughput.deposit(deposit, parts(rows / ClaimUnits.PART_ROWS));
        if (ClaimThroughput.read(store, claim) != rows) {
          throw new IllegalStateException("Not all rows came back");
        }
        store.delete(claim.id(), claim.chunks(), Instant.now());
      }
      return heap.peak() / MEGABYTE;
    }
  }

  private Iterator<SourceRecord> parts(int parts) {
    return IntStream.range(0, parts)
        .mapToObj(part -> units.part(lsn, part, part == parts - 1))
        .iterator();
  }
}
