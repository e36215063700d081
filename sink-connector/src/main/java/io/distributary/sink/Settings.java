package io.distributary.sink;

import io.distributary.sink.unit.WithoutHistory;
import java.time.Duration;

/**
 * How a task delivers.
 *
 * @param unitTimeout how long the next part of an open unit may take
 * @param maxRetries how often what failed for a while is tried again
 * @param retryBackoff how long to wait before the first time; doubled each time after
 * @param withoutHistory what to do with changes whose history is lost
 * @param claimExpired what to do with claims that are lost
 * @param tolerant whether the connector has {@code errors.tolerance=all}
 */
record Settings(
    Duration unitTimeout,
    int maxRetries,
    Duration retryBackoff,
    WithoutHistory withoutHistory,
    ClaimExpired claimExpired,
    boolean tolerant) {}
