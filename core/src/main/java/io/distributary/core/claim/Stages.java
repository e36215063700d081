package io.distributary.core.claim;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.connect.errors.ConnectException;

/** Waiting for what a store does. */
final class Stages {
  private Stages() {}

  /**
   * The stage's result, once it is there.
   *
   * @throws ConnectException the store's own, as {@link ClaimStore} describes it
   */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ConnectException failure) {
        throw failure;
      }
      throw new ConnectException("The claim-check store failed: " + e.getCause(), e.getCause());
    } catch (CancellationException e) {
      throw new ConnectException("The claim-check store was closed", e);
    }
  }
}
