package io.distributary.source.sqlite;

import io.distributary.source.capture.CaptureException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one connector to keep its log in a database: two would prune each other's log and
 * drop each other's triggers.
 *
 * <p>The owner stands in the database, and a newcomer with another name asks there whether it is
 * alive. One that is says no within a fraction of a second; one that says nothing was killed, and
 * loses its right. So nothing is written while nobody asks, and no lease has to run out. A
 * connector that was stopped gives its right back, and one that starts under the owner's name takes
 * it at once: Connect has started its task anew, and what is left of the old one must stop.
 *
 * <p>It has a connection of its own, so that a long read does not keep it from answering. For one
 * thread.
 */
final class Ownership implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  /** How long an owner may be silent: many times as long as one that works ever is. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final long LOOK_EVERY_NS = 200_000_000L;
  private static final long LOOK_EVERY_MS = 20;

  private static final String OWNER = "owner";
  private static final String TOKEN = "owner_token";
  private static final String CLAIM = "owner_claim";

  private final Session session;
  private final Path file;
  private final String name;
  private final String token = UUID.randomUUID().toString();
  private long looked = System.nanoTime();

  private Ownership(Session session, Path file, String name) {
    this.session = session;
    this.file = file;
    this.name = name;
  }

  /**
   * Takes the database for a connector.
   *
   * @param patience how long another owner is waited for to say that it is alive
   * @throws CaptureException when another one is
   * @throws SQLException also when the database stays locked; then it can be tried again
   */
  static Ownership take(Path file, String name, Duration patience) throws SQLException {
    Ownership ownership = new Ownership(Session.open(file), file, name);
    try {
      ownership.take(patience);
      return ownership;
    } catch (SQLException | RuntimeException e) {
      ownership.session.close();
      throw e;
    }
  }

  private void take(Duration patience) throws SQLException {
    session.write(this::takeOrAsk);
    long asked = System.nanoTime();
    while (!holds()) {
      if (read(OWNER) == null) {
        session.write(this::takeOrAsk); // it was just given back
      } else if (!token.equals(read(CLAIM))) {
        throw refused();
      } else if (System.nanoTime() - asked > patience.toNanos()) {
        session.write(this::takeFromSilent);
      } else {
        pause();
      }
    }
  }

  private void takeOrAsk() throws SQLException {
    Log.create(session);
    String owner = read(OWNER);
    if (owner == null || owner.equals(name)) {
      own();
    } else {
      Log.remember(session, CLAIM, token);
    }
  }

  private void takeFromSilent() throws SQLException {
    if (token.equals(read(CLAIM))) {
      LOG.warn(
          "{} was captured by the connector '{}', which does not answer: '{}' takes it over",
          file,
          read(OWNER),
          name);
      own();
    }
  }

  private void own() throws SQLException {
    Log.remember(session, OWNER, name);
    Log.remember(session, TOKEN, token);
    Log.forget(session, CLAIM);
  }

  private boolean holds() throws SQLException {
    return token.equals(read(TOKEN));
  }

  private String read(String what) throws SQLException {
    return Log.remembered(session, what);
  }

  private CaptureException refused() throws SQLException {
    return new CaptureException(
        "The database "
            + file
            + " is captured by the connector '"
            + read(OWNER)
            + "', which is running, and can have one only: two would prune each other's log. Let"
            + " that one capture all tables that are needed and its topics feed all who need them;"
            + " or stop or delete it, and then restart '"
            + name
            + "'.");
  }

  /**
   * Says no to a newcomer that asks; to be called often.
   *
   * @throws CaptureException when another task has taken the database over
   */
  void defend() throws SQLException {
    if (System.nanoTime() - looked < LOOK_EVERY_NS) {
      return;
    }
    looked = System.nanoTime();
    try {
      defendNow();
    } catch (SQLException e) {
      // The users' writers go first; there is time for another try.
      if (!Session.isBusy(e)) {
        throw e;
      }
    }
  }

  private void defendNow() throws SQLException {
    if (!Log.present(session)) {
      return; // removed by somebody: it is made anew, as everything is
    }
    String holder = read(TOKEN);
    if (holder == null) {
      session.write(this::takeOrAsk);
    } else if (!holder.equals(token)) {
      throw new CaptureException(
          "The database "
              + file
              + " was taken over by the connector '"
              + read(OWNER)
              + "' while this task of '"
              + name
              + "' was paused or did not answer for a while, or Connect started another task of"
              + " it. A database can have one connector only: delete one of them, or restart this"
              + " task when the other has been stopped.");
    } else if (read(CLAIM) != null) {
      session.write(() -> Log.forget(session, CLAIM));
    }
  }

  /** Lets go of a file that is not the database any more, and writes nothing into it. */
  void abandon() throws SQLException {
    session.close();
  }

  /** Gives the database back, for whoever comes next. */
  @Override
  public void close() throws SQLException {
    try (session) {
      if (Log.present(session) && holds()) {
        session.write(
            () -> {
              if (holds()) {
                Log.forget(session, OWNER);
                Log.forget(session, TOKEN);
              }
            });
      }
    } catch (SQLException e) {
      if (!Session.isBusy(e)) {
        throw e;
      }
      // Locked: whoever comes next finds that nobody answers.
    }
  }

  private void pause() {
    try {
      Thread.sleep(LOOK_EVERY_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaptureException("Stopped while waiting for the owner of " + file, e);
    }
  }
}
