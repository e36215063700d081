package io.distributary.source.capture;

/**
 * How long a capture has seen the oldest of its server's transactions that have written and not
 * ended. It counts from when it first saw that one: not every role may see when others began.
 *
 * <p>One thread tells what it sees; any may ask.
 */
public final class OldestTransaction {
  private String number;
  private volatile long since;
  private volatile boolean open;

  /**
   * Takes what a look at the server showed.
   *
   * @param oldest the transaction's number; null where none is open
   */
  public void seen(String oldest) {
    if (oldest != null && !oldest.equals(number)) {
      since = System.nanoTime();
    }
    number = oldest;
    open = oldest != null;
  }

  /** Its age in milliseconds, at least 1; 0 when none was open at the last look. */
  public long ageMs() {
    return open ? Math.max(1, (System.nanoTime() - since) / 1_000_000) : 0;
  }
}
