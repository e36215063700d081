package io.distributary.source.postgres.trigger;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A row of the log that says how far it was read. A restored backup, or a replica that lagged when
 * it took over, has it only if it has all that was committed before it.
 *
 * @param xid the transaction that wrote it
 * @param nonce a random text, which a log that went another way does not have
 */
record Mark(long xid, String nonce) {
  /** One that no log has. */
  static final Mark NONE = new Mark(0, "");

  private static final SecureRandom RANDOM = new SecureRandom();

  static String newNonce() {
    byte[] bytes = new byte[8];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * The mark in a text that {@link #toString} made.
   *
   * @throws IllegalArgumentException for any other text
   */
  static Mark parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("not a mark");
    }
    return new Mark(Long.parseLong(text.substring(0, colon)), text.substring(colon + 1));
  }

  @Override
  public String toString() {
    return xid + ":" + nonce;
  }
}
