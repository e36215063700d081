package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a wrong configuration when the task starts, and not when the first large record comes. */
final class StoreCheck {
  private static final Logger log = LoggerFactory.getLogger(StoreCheck.class);

  private StoreCheck() {}

  /**
   * Checks the store, and closes it where it cannot be used as configured. A store that is only out
   * of reach may come back until it is needed.
   */
  static void atStart(ClaimStore store) {
    try {
      store.check();
    } catch (RetriableException e) {
      log.warn("The claim-check store cannot be reached yet: {}", e.getMessage());
    } catch (ConnectException e) {
      store.close();
      throw e;
    }
  }
}
