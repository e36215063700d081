package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Applies changes alone, each at a savepoint of its own, and passes over those that the target
 * refuses. Changes that conflict with each other on a unique index may stand together though none
 * stands alone: so those are tried once more, together.
 */
final class OneByOne {
  private static final String CHANGE = "distributary_change";
  private static final String GROUP = "distributary_group";

  private final Dialect dialect;
  private final String subject;
  private final Write write;
  private final MakeRoom makeRoom;
  private boolean more;

  /** Writes some changes. */
  @FunctionalInterface
  interface Write {
    void write(List<Change> changes, boolean more) throws SQLException;
  }

  /** Removes the rows of changes where that is safe. */
  @FunctionalInterface
  interface MakeRoom {
    boolean test(List<Change> changes) throws SQLException;
  }

  /**
   * A way to apply changes alone.
   *
   * @param subject what they are written to, for messages
   * @param more whether the first belongs to a unit that has begun
   */
  OneByOne(Dialect dialect, String subject, boolean more, Write write, MakeRoom makeRoom) {
    this.dialect = dialect;
    this.subject = subject;
    this.more = more;
    this.write = write;
    this.makeRoom = makeRoom;
  }

  /**
   * Applies the changes.
   *
   * @return those that failed on their own account
   * @throws WriteException for another failure, as does {@code SQLException}
   */
  List<Failure> apply(List<Change> changes) throws SQLException {
    List<Failure> failures = new ArrayList<>();
    List<Change> conflicting = new ArrayList<>();
    for (Change change : changes) {
      Exception refusal = refusal(List.of(change));
      if (refusal != null) {
        failures.add(new Failure(change, described(refusal)));
        if (refusal instanceof SQLException sql && dialect.errors().uniqueConflict(sql)) {
          conflicting.add(change);
        }
      }
    }
    List<Change> resolved = resolved(conflicting);
    failures.removeIf(failure -> isOneOf(resolved, failure.change()));
    return failures;
  }

  /**
   * Applies the changes but those that the rest of their unit may make possible.
   *
   * @param waits tells the failures of such changes
   * @return those changes
   * @throws SQLException for any other failure, as does {@code WriteException}
   */
  List<Change> conflicting(List<Change> changes, Predicate<SQLException> waits)
      throws SQLException {
    List<Change> conflicting = new ArrayList<>();
    for (Change change : changes) {
      Exception refusal = refusal(List.of(change));
      if (refusal instanceof SQLException sql && waits.test(sql)) {
        conflicting.add(change);
      } else if (refusal instanceof SQLException sql) {
        throw sql;
      } else if (refusal != null) {
        throw (WriteException) refusal;
      }
    }
    return conflicting;
  }

  /** Applies as many of the changes as can stand together, and tells which. */
  private List<Change> resolved(List<Change> conflicting) throws SQLException {
    List<Change> candidates = conflicting;
    while (candidates.size() > 1) {
      Savepoint savepoint = Savepoint.set(dialect.connection(), GROUP);
      boolean room = makeRoom.test(candidates);
      List<Change> taken = new ArrayList<>();
      for (Change change : room ? candidates : List.<Change>of()) {
        if (refusal(List.of(change)) == null) {
          taken.add(change);
        }
      }
      if (taken.size() == candidates.size()) {
        savepoint.release();
        return taken;
      }
      // The rows of those refused come back, and may now be in the way of others.
      savepoint.rollback();
      candidates = taken;
    }
    return List.of();
  }

  /** Changes are arrays: only being the same one tells them. */
  @SuppressWarnings("ReferenceEquality")
  static boolean isOneOf(List<Change> changes, Change change) {
    return changes.stream().anyMatch(other -> other == change);
  }

  /** Why the target refused the changes; null if it took them. */
  private Exception refusal(List<Change> changes) throws SQLException {
    Savepoint savepoint = Savepoint.set(dialect.connection(), CHANGE);
    try {
      write.write(changes, more);
      savepoint.release();
      more = true;
      return null;
    } catch (SQLException e) {
      if (dialect.errors().kind(e) != WriteException.Kind.DATA) {
        throw e;
      }
      savepoint.rollback();
      return e;
    } catch (WriteException e) {
      if (e.kind() != WriteException.Kind.DATA) {
        throw e;
      }
      savepoint.rollback();
      return e;
    }
  }

  private WriteException described(Exception refusal) {
    if (refusal instanceof WriteException known) {
      return known;
    }
    Exception told =
        refusal instanceof SQLException failure ? dialect.errors().presentable(failure) : refusal;
    return new WriteException(
        WriteException.Kind.DATA,
        "A change was refused by " + subject + ": " + told.getMessage(),
        told);
  }
}
