package io.distributary.source.postgres.trigger;

import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one connector to keep its log in a schema: two would prune each other's log and drop
 * each other's triggers.
 *
 * <p>Who has it holds an advisory lock, which goes with the connection, so that of a killed
 * connector is free at once. A connector that starts under the owner's name ends the other's
 * connection: Connect has started its task anew, and what is left of the old one must stop. That
 * one notices by the token.
 */
final class Ownership {
  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  /** Marks our lock among others' advisory locks. */
  private static final int KIND = 0x64737472;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final long LOOK_EVERY_NS = 1_000_000_000L;
  private static final long LOOK_EVERY_MS = 20;

  private static final String OWNER = "owner";
  private static final String TOKEN = "owner_token";

  private final String name;
  private final String schema;
  private final String token = UUID.randomUUID().toString();
  private Session session;
  private Log log;
  private String pid;
  private long looked = System.nanoTime();

  Ownership(String name, String schema) {
    this.name = name;
    this.schema = schema;
  }

  /**
   * Takes the log for the connector, on a session that was just opened.
   *
   * @throws CaptureException when another connector has it
   */
  void take(Session opened, Log itsLog) throws SQLException {
    session = opened;
    log = itsLog;
    long asked = System.nanoTime();
    while (!session.holds("SELECT pg_try_advisory_lock(?, hashtext(?))", KIND, schema)) {
      String owner = log.present() ? log.remembered(OWNER) : null;
      boolean late = System.nanoTime() - asked > PATIENCE.toNanos();
      if (late || (owner != null && !owner.equals(name))) {
        throw refused(owner);
      }
      endOther(holder());
      pause();
    }
    log.create();
    String holder = log.remembered(TOKEN);
    if (pid != null && holder != null && !holder.equals(token)) {
      throw takenOver();
    }
    log.remember(OWNER, name);
    log.remember(TOKEN, token);
    pid = session.text("SELECT pg_backend_pid()");
  }

  /** The process that holds the lock; null where it has just let go. */
  private String holder() throws SQLException {
    return session.text(
        "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            + " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
            + " AND l.classid = ? AND l.objid::bigint = hashtext(?)::bigint & 4294967295"
            + " AND l.granted",
        KIND,
        schema);
  }

  /** Ends the connection of what is left of a task of the same connector. */
  private void endOther(String holder) throws SQLException {
    if (holder == null) {
      return;
    } else if (pid != null && !pid.equals(holder)) {
      // We had the log, and lost it to a later task, which must not be ended in its turn.
      throw takenOver();
    } else {
      LOG.warn("Another task of '{}' holds the log in schema {}: ending it", name, schema);
      session.text("SELECT pg_terminate_backend(?)", Integer.parseInt(holder));
    }
  }

  /**
   * Makes sure that the log is still ours, now and then; to be called often.
   *
   * @throws CaptureException when another task has taken it over
   */
  void defend() throws SQLException {
    if (session == null || System.nanoTime() - looked < LOOK_EVERY_NS) {
      return;
    }
    looked = System.nanoTime();
    if (log.present()) {
      String holder = log.remembered(TOKEN);
      if (holder == null) {
        log.remember(OWNER, name);
        log.remember(TOKEN, token);
      } else if (!holder.equals(token)) {
        throw takenOver();
      }
    }
  }

  private CaptureException takenOver() {
    return new CaptureException(
        "The log in schema "
            + schema
            + " was taken over by another task of the connector '"
            + name
            + "', or by one of another name. A log can have one only: delete one of them, or"
            + " restart this task when the other has been stopped.");
  }

  private CaptureException refused(String owner) {
    return new CaptureException(
        "The log in schema "
            + schema
            + " belongs to the connector '"
            + (owner == null ? "?" : owner)
            + "', which is running, and can have one only: two would prune each other's log. Let"
            + " that one capture all tables that are needed and its topics feed all who need them;"
            + " or stop or delete it, and then restart '"
            + name
            + "'.");
  }

  /** Gives the log back, for whoever comes next. */
  void release() throws SQLException {
    if (session != null && session.isOpen() && log.present()) {
      if (token.equals(log.remembered(TOKEN))) {
        log.forget(OWNER);
        log.forget(TOKEN);
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException("Stopped while waiting for the owner of schema " + schema, e);
    }
  }
}
