package io.distributary.cli;

/**
 * What becomes of a claim.
 *
 * @param collectable whether no known sink needs it any more
 * @param reason why, for people to read
 */
record Verdict(boolean collectable, String reason) {
  static Verdict collect(String reason) {
    return new Verdict(true, reason);
  }

  static Verdict keep(String reason) {
    return new Verdict(false, reason);
  }
}
