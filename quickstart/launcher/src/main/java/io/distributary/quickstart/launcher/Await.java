package io.distributary.quickstart.launcher;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waiting for a condition, with a deadline that fails loudly. */
public final class Await {

  private static final Duration INTERVAL = Duration.ofMillis(50);

  private Await() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param what what is waited for, as in "no [what] within 5 s"
   * @throws LaunchException when it does not hold within the limit
   */
  public static void until(String what, Duration limit, BooleanSupplier condition) {
    until(limit, condition, () -> "No " + what + " within " + limit.toSeconds() + " s");
  }

  /** As {@link #until(String, Duration, BooleanSupplier)}, with a message made at the deadline. */
  public static void until(Duration limit, BooleanSupplier condition, Supplier<String> failure) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new LaunchException(failure.get());
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(INTERVAL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while waiting", e);
    }
  }
}
