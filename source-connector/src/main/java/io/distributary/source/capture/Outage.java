package io.distributary.source.capture;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A time in which a database cannot be used: it begins with the first trouble, ends with the next
 * success, and must not last longer than a limit. For one thread.
 */
public final class Outage {
  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  private final String database;
  private final Duration limit;
  private final String cure;

  private boolean lasts;
  private long since;

  /**
   * No outage yet.
   *
   * @param database what to call the database, without credentials
   * @param cure what a person should look at when the limit is passed: a sentence
   */
  public Outage(String database, Duration limit, String cure) {
    this.database = database;
    this.limit = limit;
    this.cure = cure;
  }

  /**
   * Bears a trouble that may pass, and says so in the log when it is the first.
   *
   * @param message what to tell of the trouble
   * @throws CaptureException when the outage lasts longer than the limit
   */
  public void bear(Exception trouble, String message) {
    long now = System.nanoTime();
    if (!lasts) {
      lasts = true;
      since = now;
      LOG.warn("Waiting for {}: {}", database, message);
    } else if (now - since > limit.toNanos()) {
      throw new CaptureException(
          "The database "
              + database
              + " could not be used for "
              + limit.toSeconds()
              + " s: "
              + message
              + ". "
              + cure,
          trouble);
    }
  }

  /** The database could be used. */
  public void end() {
    lasts = false;
  }
}
