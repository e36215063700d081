package io.distributary.core.claim;

import org.apache.kafka.connect.errors.ConnectException;

/**
 * The rows of a claim cannot be had any more. Trying again is no use; a snapshot of the table is.
 * The message names the claim, its age where that is known, and the cure.
 */
public final class ClaimException extends ConnectException {

  /** In which way a claim is lost. */
  public enum Reason {
    /** A chunk is not there: it expired, or was removed. */
    MISSING,
    /** A chunk is there and is not what was written. */
    DAMAGED,
    /** The claim or a chunk belongs elsewhere: another store, or another claim. */
    FOREIGN
  }

  private final transient Claim claim;
  private final Reason reason;

  /**
   * A claim that is lost.
   *
   * @param cause null where there is none
   */
  public ClaimException(Claim claim, Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.claim = claim;
    this.reason = reason;
  }

  /** The claim that is lost. */
  public Claim claim() {
    return claim;
  }

  /** In which way. */
  public Reason reason() {
    return reason;
  }
}
