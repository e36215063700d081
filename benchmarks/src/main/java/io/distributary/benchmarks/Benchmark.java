package io.distributary.benchmarks;

import java.util.List;

/** Something of ours measured against a reference, in turns, in one run. */
interface Benchmark {

  /**
   * Measures.
   *
   * @param quick whether a short run is asked for
   */
  List<Ratio> measure(boolean quick) throws Exception;
}
