package io.distributary.core.claim;

import io.distributary.core.claim.ClaimException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Words what went wrong with a claim: which, how old, why, and what to do. */
final class ClaimErrors {
  private final Claim claim;
  private final Instant deposited;

  /**
   * @param deposited when the claim was made; null where that is not known
   */
  ClaimErrors(Claim claim, Instant deposited) {
    this.claim = claim;
    this.deposited = deposited;
  }

  ClaimException lost(Reason reason, String why, Throwable cause) {
    return new ClaimException(
        claim,
        reason,
        "Claim "
            + claim.id()
            + " ("
            + claim.rows()
            + " rows in "
            + claim.chunks()
            + " chunks, store "
            + claim.store()
            + age()
            + ") cannot be read: "
            + why
            + ". "
            + cure(reason),
        cause);
  }

  private String age() {
    if (deposited == null) {
      return "";
    }
    Duration age = Duration.between(deposited, Instant.now());
    String text =
        age.toDays() >= 2
            ? age.toDays() + " days"
            : age.toHours() >= 2 ? age.toHours() + " hours" : age.toMinutes() + " minutes";
    return ", deposited " + deposited.truncatedTo(ChronoUnit.SECONDS) + ", " + text + " ago";
  }

  private static String cure(Reason reason) {
    String snapshot =
        "A snapshot of the table repairs it: insert ('snapshot', table) into distributary_signal of"
            + " the source, or set claim.expired=snapshot on the sink";
    return reason == Reason.FOREIGN
        ? "Check that reader and writer name the same store and place. If they do: " + snapshot
        : snapshot + ". If chunks expire before sinks read them, give them a longer life";
  }
}
