package io.distributary.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/**
 * What came out.
 *
 * @param name the benchmark's name
 * @param ours our figure
 * @param reference the reference's, in the same unit
 * @param unit for example {@code rows/s} or {@code ms}
 * @param goal what the ratio of ours to the reference is to reach, as text
 */
record Ratio(String name, double ours, double reference, String unit, String goal) {

  /** One turn of a measurement; returns its figure. */
  interface Turn {
    double run() throws Exception;
  }

  /**
   * The medians of several turns each, ours and the reference's by turns, after one turn of each to
   * warm up.
   */
  static Ratio inTurns(String name, int turns, Turn ours, Turn reference, String unit, String goal)
      throws Exception {
    ours.run();
    reference.run();
    double[] mine = new double[turns];
    double[] theirs = new double[turns];
    for (int i = 0; i < turns; i++) {
      mine[i] = ours.run();
      theirs[i] = reference.run();
    }
    return new Ratio(name, median(mine), median(theirs), unit, goal);
  }

  static double median(double[] figures) {
    double[] sorted = figures.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  double ratio() {
    return ours / reference;
  }

  String csv() {
    return String.format(Locale.ROOT, "%s,%.3f,%.3f,%.3f,%s", name, ours, reference, ratio(), unit);
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%-34s %14.2f %14.2f %8.2f  %-8s %s",
        name,
        ours,
        reference,
        ratio(),
        unit,
        goal);
  }
}
