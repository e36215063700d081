package io.distributary.sink.write;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import io.distributary.sink.unit.Checkpoint;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A target reached by JDBC: what is the same for all dialects. */
final class JdbcTarget implements Target {
  private static final String PART = "distributary_part";
  private static final String COMMIT = "distributary_commit";

  private final Dialect dialect;
  private final Checkpoints checkpoints;
  private final Writers writers;
  private final UnitChanges changes;
  private final OpenLoads loads = new OpenLoads();
  private final Map<TableId, Place> places = new HashMap<>();
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

  /** How far a table's current unit has come. */
  private record Place(Position position, long seq) {}

  /** Something done inside the open transaction. */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws SQLException;
  }

  JdbcTarget(Dialect dialect, TargetSettings settings) throws SQLException {
    this.dialect = dialect;
    this.checkpoints = new Checkpoints(dialect, settings.sink());
    this.writers = new Writers(dialect, settings);
    this.changes = new UnitChanges(dialect);
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
          dialect.uniqueConflict(e)
              ? new WriteException(WriteException.Kind.TRANSIENT, what, e)
              : failure(what, e));
    }
  }

  @Override
  public void apply(Part part) {
    inside(
        part,
        () -> {
          List<TableWriter> targets = writers.of(part.table());
          List<Load> open = loads.of(part, targets);
          if (open == null) {
            changes.write(part, targets, continues(part));
          } else {
            changes.forget(part.table());
            for (Load load : open) {
              load.add(part.changes());
            }
          }
          finish(part);
          return null;
        });
  }

  @Override
  public List<Failure> applyEach(Part part) {
    return inside(
        part,
        () -> {
          List<TableWriter> targets = writers.of(part.table());
          List<Load> open = loads.of(part, targets);
          List<Failure> failures = new ArrayList<>();
          if (open == null) {
            failures.addAll(changes.writeEach(part, targets, continues(part)));
          } else {
            changes.forget(part.table());
            for (int i = 0; i < targets.size(); i++) {
              failures.addAll(addEach(open.get(i), targets.get(i).subject(), part));
            }
          }
          finish(part);
          return failures;
        });
  }

  private List<Failure> addEach(Load load, String subject, Part part) throws SQLException {
    OneByOne.Write write = (rows, more) -> load.add(rows);
    return new OneByOne(dialect, subject, true, write, rows -> false).apply(part.changes());
  }

  /** Whether the part goes on with the unit that was applied to its table last. */
  private boolean continues(Part part) {
    Place place = places.get(part.table().id());
    return place != null
        && place.position() != null
        && place.position().equals(part.header().position())
        && part.seq() > place.seq();
  }

  /** Ends what the unit's last part ends. */
  private void finish(Part part) throws SQLException {
    if (!part.last()) {
      return;
    }
    changes.finish(writers);
    if (loads.isEmpty()) {
      return;
    }
    try {
      loads.finish();
      writers.refresh();
    } catch (SQLException e) {
      if (dialect.kind(e) != WriteException.Kind.DATA) {
        throw e;
      }
      SQLException shown = dialect.presentable(e);
      throw new WriteException(
          WriteException.Kind.FATAL,
          "The snapshot of table "
              + part.table().id()
              + " does not fit its relation as a whole: "
              + shown.getMessage()
              + ". Correct the relation's constraints",
          shown);
    }
  }

  @Override
  public void mergeUnfinishedSnapshot() {
    if (loads.isEmpty()) {
      return;
    }
    Savepoint savepoint = null;
    try {
      savepoint = Savepoint.set(dialect.connection(), PART);
      loads.applyAsChanges();
      savepoint.release();
    } catch (SQLException e) {
      undo(savepoint);
      throw failure("The unfinished snapshot of " + loads.tables() + " could not be merged", e);
    }
  }

  /** Does a part's work; after a failure the transaction is as it was. */
  private <T> T inside(Part part, Work<T> work) {
    requireTransaction();
    boolean fresh = state != State.DIRTY;
    Set<TableId> loading = loads.tables();
    Object held = changes.mark();
    Savepoint savepoint = null;
    try {
      boolean snapshot = part.header().kind() == UnitKind.SNAPSHOT;
      begin(snapshot);
      snapshotAmongChanges |= snapshot;
      settle();
      // What a fresh transaction holds needs no savepoint: it is undone with it.
      savepoint = fresh ? null : Savepoint.set(dialect.connection(), PART);
      T result = work.run();
      if (savepoint != null) {
        savepoint.release();
      }
      state = State.DIRTY;
      places.put(part.table().id(), new Place(part.header().position(), part.seq()));
      return result;
    } catch (SQLException e) {
      loads.retain(loading);
      changes.reset(held);
      undo(savepoint);
      throw failure("A part of table " + part.table().id() + " could not be applied", e);
    } catch (RuntimeException e) {
      loads.retain(loading);
      changes.reset(held);
      undo(savepoint);
      throw e instanceof WriteException || e instanceof IllegalStateException
          ? e
          : new WriteException(WriteException.Kind.FATAL, e.getMessage(), e);
    }
  }

  /** What was put off until the commit comes before whatever is applied next. */
  private void settle() throws SQLException {
    loads.settle();
    loads.settled();
  }

  private void begin(boolean snapshot) throws SQLException {
    if (state == State.IDLE) {
      dialect.begin(snapshot || relaxed);
      state = State.FRESH;
      snapshotAmongChanges = false;
      writers.refresh();
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
        writers.refresh();
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
    if (!loads.isEmpty() || !changes.isEmpty()) {
      throw new IllegalStateException("A unit has not ended; a snapshot of " + loads.tables());
    }
    try {
      begin(false);
    } catch (SQLException e) {
      throw rolledBack(failure("No transaction could be opened", e));
    }
    Savepoint savepoint = null;
    try {
      savepoint = Savepoint.set(dialect.connection(), COMMIT);
      loads.settle();
      checkpoints.write(positions);
      dialect.commit();
    } catch (WriteException e) {
      throw rolledBack(e);
    } catch (SQLException e) {
      throw uncommitted(savepoint, e);
    }
    checkpoints.committed(positions);
    loads.settled();
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
    SQLException shown = dialect.presentable(cause);
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
    loads.retain(Set.of());
    loads.settled();
    changes.clear();
    places.clear();
    state = State.IDLE;
    try {
      dialect.rollback();
      writers.clear();
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
    SQLException told = dialect.presentable(cause);
    return new WriteException(dialect.kind(cause), what + ": " + told.getMessage(), told);
  }

  @Override
  public void close() {
    try (dialect) {
      rollback();
      writers.close();
      checkpoints.close();
    } catch (SQLException e) {
      throw failure("The connection could not be closed", e);
    }
  }
}
