package io.distributary.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What a number of rows cost.
 *
 * @param rows how many there were
 * @param elapsed how long they took, in seconds
 * @param processor how long processors worked on them, in seconds: all threads of this JVM and all
 *     processes of the server. It tells more than the time where the machine is not quiet
 */
record Cost(double rows, double elapsed, double processor) {
  private static final OperatingSystemMXBean JVM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private static final double MILLION = 1e6;

  /** One turn of a measurement. */
  interface Turn {
    Cost run() throws Exception;
  }

  /** Work whose cost is asked for. */
  interface Work {
    void run() throws Exception;
  }

  /** What the work on so many rows costs, here and on the server. */
  static Cost of(ServerProcessor server, double rows, Work work) throws Exception {
    System.gc(); // What was made ready for it is not to be collected meanwhile.
    double onServer = server.seconds();
    double here = JVM.getProcessCpuTime() / 1e9;
    long begin = System.nanoTime();
    work.run();
    double elapsed = (System.nanoTime() - begin) / 1e9;
    double processor = JVM.getProcessCpuTime() / 1e9 - here + server.seconds() - onServer;
    return new Cost(rows, elapsed, processor);
  }

  /**
   * The medians of several turns each, ours and the reference's by turns, after one turn of each to
   * warm up: first the rows per second, then the processor's seconds per million rows.
   */
  static List<Ratio> inTurns(String name, int turns, Turn ours, Turn reference, String goal)
      throws Exception {
    ours.run();
    reference.run();
    List<Cost> mine = new ArrayList<>();
    List<Cost> theirs = new ArrayList<>();
    for (int i = 0; i < turns; i++) {
      mine.add(ours.run());
      theirs.add(reference.run());
    }
    return List.of(
        ratio(name, mine, theirs, cost -> cost.rows / cost.elapsed, "rows/s", goal),
        ratio(
            name + " (cpu)",
            mine,
            theirs,
            cost -> cost.processor / cost.rows * MILLION,
            "s/Mrows",
            "the less, the better"));
  }

  private static Ratio ratio(
      String name,
      List<Cost> ours,
      List<Cost> reference,
      ToDoubleFunction<Cost> figure,
      String unit,
      String goal) {
    return new Ratio(name, median(ours, figure), median(reference, figure), unit, goal);
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> figure) {
    return Ratio.median(costs.stream().mapToDouble(figure).toArray());
  }
}
