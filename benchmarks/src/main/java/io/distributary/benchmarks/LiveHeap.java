package io.distributary.benchmarks;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Watches how much of the heap is live: it has the whole heap collected again and again, and asks
 * the collector how much it left. Garbage is not counted, however large the heap.
 */
final class LiveHeap implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;

  private final List<String> pools =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .map(MemoryPoolMXBean::getName)
          .toList();
  private final List<GarbageCollectorMXBean> collectors =
      ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
  private final Thread thread = new Thread(this::watch, "live-heap");
  private volatile long peak;

  LiveHeap() {
    thread.start();
  }

  private void watch() {
    try {
      while (true) {
        peak = Math.max(peak, live());
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long live() {
    System.gc();
    GcInfo last =
        collectors.stream()
            .map(GarbageCollectorMXBean::getLastGcInfo)
            .filter(Objects::nonNull)
            .max(Comparator.comparingLong(GcInfo::getEndTime))
            .orElseThrow();
    return pools.stream().mapToLong(pool -> last.getMemoryUsageAfterGc().get(pool).getUsed()).sum();
  }

  /** The most that was live at any look so far, in bytes. */
  long peak() {
    return peak;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
