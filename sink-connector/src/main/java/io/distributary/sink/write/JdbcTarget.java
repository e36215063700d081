package io.distributary.sink.write;

import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.sink.unit.Checkpoint;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A target reached by JDBC: its open transaction, as it is for all dialects. */
final class JdbcTarget implements Target {
  private static final String PART = "distributary_part";
  private static final String COMMIT = "distributary_commit";

  private final Dialect dialect;
  private final Checkpoints checkpoints;
  private final UnitWriter units;
  private State state = State.IDLE;

  /** Whether a snapshot was applied in a transaction that had begun with changes. */
  private boolean snapshotAmongChanges;

  /** Whether the next transaction is to be begun as for a snapshot, whatever it begins with. */
  private boolean relaxed;

  private enum State {
    /** No transaction is open. */
    IDLE,
    /** One is open and nothing has been applied in it. */
    FRESH,
    /** One is open that holds changes. */
    DIRTY,
    /** The database ended one that held changes. */
    LOST
  }

  /** Something done inside the open transaction. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws SQLException;
  }

  JdbcTarget(Dialect dialect, TargetSettings settings) throws SQLException {
    this.dialect = dialect;
    this.checkpoints = new Checkpoints(dialect, settings.sink());
    this.units = new UnitWriter(dialect, settings);
    checkpoints.create();
  }

  @Override
  public Map<TopicPartition, Checkpoint> claim(Collection<TopicPartition> partitions) {
    if (state != State.IDLE) {
      throw new IllegalStateException("Partitions cannot be claimed while a transaction is open");
    }
    try {
      dialect.begin(false);
      Map<TopicPartition, Checkpoint> claimed = checkpoints.claim(partitions);
      dialect.commit();
      dialect.recover();
      return claimed;
    } catch (SQLException e) {
      String what = "The checkpoints of " + partitions + " could not be claimed";
      // Another task was quicker to make a row: the next try takes it over.
      throw rolledBack(
          dialect.errors().uniqueConflict(e)
              ? new WriteException(WriteException.Kind.TRANSIENT, what, e)
              : failure(what, e));
    }
  }

  @Override
  public void apply(Part part) {
    inside(
        part,
        () -> {
          units.write(part);
          return null;
        });
  }

  @Override
  public List<Failure> applyEach(Part part) {
    return inside(part, () -> units.writeEach(part));
  }

  @Override
  public void mergeUnfinishedSnapshot() {
    Set<TableId> loading = units.loading();
    if (loading.isEmpty()) {
      return;
    }
    Savepoint savepoint = null;
    try {
      savepoint = Savepoint.set(dialect.connection(), PART);
      units.mergeUnfinishedSnapshots();
      savepoint.release();
    } catch (SQLException e) {
      undo(savepoint);
      throw failure("The unfinished snapshot of " + loading + " could not be merged", e);
    }
  }

  /** Does a part's work; after a failure the transaction is as it was. */
  private <T> T inside(Part part, Work<T> work) {
    requireTransaction();
    boolean fresh = state != State.DIRTY;
    UnitWriter.Mark mark = units.mark();
    Savepoint savepoint = null;
    try {
      boolean snapshot = part.header().kind() == UnitKind.SNAPSHOT;
      begin(snapshot);
      snapshotAmongChanges |= snapshot;
      // What was put off until the commit comes before whatever is applied next.
      units.settle();
      units.settled();
      // What a fresh transaction holds needs no savepoint: it is undone with it.
      savepoint = fresh ? null : Savepoint.set(dialect.connection(), PART);
      T result = work.run();
      if (savepoint != null) {
        savepoint.release();
      }
      state = State.DIRTY;
      units.written(part);
      return result;
    } catch (SQLException e) {
      units.reset(mark);
      undo(savepoint);
      throw failure("A part of table " + part.table().id() + " could not be applied", e);
    } catch (RuntimeException e) {
      units.reset(mark);
      undo(savepoint);
      throw e instanceof WriteException || e instanceof IllegalStateException
          ? e
          : new WriteException(WriteException.Kind.FATAL, e.getMessage(), e);
    }
  }

  private void begin(boolean snapshot) throws SQLException {
    if (state == State.IDLE) {
      dialect.begin(snapshot || relaxed);
      state = State.FRESH;
      snapshotAmongChanges = false;
      units.refresh();
    }
  }

  private void requireTransaction() {
    if (state == State.LOST) {
      throw new WriteException(
          WriteException.Kind.TRANSIENT,
          "The database ended the open transaction: roll back and apply its units again",
          null);
    }
  }

  /** Goes back to the savepoint, or without one to before the transaction. */
  private void undo(Savepoint savepoint) {
    try {
      if (savepoint != null) {
        savepoint.rollback();
        units.refresh();
      } else {
        boolean held = state == State.DIRTY;
        rollback();
        state = held ? State.LOST : State.IDLE;
      }
    } catch (SQLException e) {
      rollback();
      state = State.LOST;
    }
  }

  @Override
  public void commit(Map<TopicPartition, Checkpoint> positions) {
    requireTransaction();
    if (units.unfinished()) {
      throw new IllegalStateException("A unit has not ended; a snapshot of " + units.loading());
    }
    try {
      begin(false);
    } catch (SQLException e) {
      throw rolledBack(failure("No transaction could be opened", e));
    }
    Savepoint savepoint = null;
    try {
      savepoint = Savepoint.set(dialect.connection(), COMMIT);
      units.settle();
      checkpoints.write(positions);
      dialect.commit();
    } catch (WriteException e) {
      throw rolledBack(e);
    } catch (SQLException e) {
      throw uncommitted(savepoint, e);
    }
    checkpoints.committed(positions);
    units.settled();
    state = State.IDLE;
    relaxed = false;
  }

  private WriteException uncommitted(Savepoint savepoint, SQLException cause) {
    WriteException failure = failure("The transaction could not be committed", cause);
    if (failure.kind() == WriteException.Kind.TRANSIENT) {
      undo(savepoint);
      return failure;
    }
    if (failure.kind() != WriteException.Kind.DATA) {
      return rolledBack(failure);
    }
    if (snapshotAmongChanges && !relaxed) {
      // A snapshot may come before those of the tables that it refers to.
      relaxed = true;
      return rolledBack(
          new WriteException(
              WriteException.Kind.TRANSIENT, failure.getMessage(), failure.getCause()));
    }
    // Only what is checked at the end fails here: no single change is to blame.
    SQLException shown = dialect.errors().presentable(cause);
    return rolledBack(
        new WriteException(
            WriteException.Kind.FATAL,
            "The transaction breaks a constraint that holds at its end, such as a foreign key: "
                + shown.getMessage()
                + ". Distribute parent tables too, as one topic (topic.layout=source), or do not"
                + " enforce foreign keys in the replica",
            shown));
  }

  @Override
  public void rollback() {
    units.clear();
    state = State.IDLE;
    try {
      dialect.rollback();
      units.forgetRelations();
    } catch (SQLException e) {
      throw failure("The transaction could not be rolled back", e);
    }
  }

  @Override
  public boolean settles() {
    return dialect.settles();
  }

  @Override
  public boolean lost() {
    return dialect.lost();
  }

  private WriteException rolledBack(WriteException failure) {
    try {
      rollback();
    } catch (WriteException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }

  private WriteException failure(String what, SQLException cause) {
    SQLException shown = dialect.errors().presentable(cause);
    return new WriteException(
        dialect.errors().kind(cause), what + ": " + shown.getMessage(), shown);
  }

  @Override
  public void close() {
    try (dialect) {
      rollback();
      units.close();
      checkpoints.close();
    } catch (SQLException e) {
      throw failure("The connection could not be closed", e);
    }
  }
}
