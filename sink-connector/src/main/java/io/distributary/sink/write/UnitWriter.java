package io.distributary.sink.write;

import io.distributary.core.record.Part;
import io.distributary.core.record.Position;
import io.distributary.core.relation.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the parts of units inside the open transaction: changes to their relations, and snapshots
 * into loads, which take the place of the relations at the unit's end.
 */
final class UnitWriter implements AutoCloseable {
  private final Dialect dialect;
  private final Writers writers;
  private final UnitChanges changes;
  private final OpenLoads loads = new OpenLoads();
  private final Map<TableId, Place> places = new HashMap<>();

  /** How far a table's current unit has come. */
  private record Place(Position position, long seq) {}

  /** What is begun and not ended, to go back to. */
  record Mark(Set<TableId> loading, Object held) {}

  UnitWriter(Dialect dialect, TargetSettings settings) {
    this.dialect = dialect;
    this.writers = new Writers(dialect, settings);
    this.changes = new UnitChanges(dialect);
  }

  /** Writes a part. */
  void write(Part part) throws SQLException {
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
  }

  /**
   * Writes each change of a part alone.
   *
   * @return those that failed
   */
  List<Failure> writeEach(Part part) throws SQLException {
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
      if (dialect.errors().kind(e) != WriteException.Kind.DATA) {
        throw e;
      }
      SQLException shown = dialect.errors().presentable(e);
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

  /** The part was written, and will not be undone without the transaction. */
  void written(Part part) {
    places.put(part.table().id(), new Place(part.header().position(), part.seq()));
  }

  /** Takes the snapshots being loaded for changes only. */
  void mergeUnfinishedSnapshots() throws SQLException {
    loads.applyAsChanges();
  }

  /** The tables whose snapshots are being loaded. */
  Set<TableId> loading() {
    return loads.tables();
  }

  /** Whether a unit was begun that has not ended. */
  boolean unfinished() {
    return !loads.isEmpty() || !changes.isEmpty();
  }

  /** What is begun now. */
  Mark mark() {
    return new Mark(loads.tables(), changes.mark());
  }

  /** Forgets what was begun since, as it is undone. */
  void reset(Mark mark) {
    loads.retain(mark.loading());
    changes.reset(mark.held());
  }

  /** Does what was put off until the commit; if that is undone, the same again. */
  void settle() throws SQLException {
    loads.settle();
  }

  /** Nothing is put off any more. */
  void settled() {
    loads.settled();
  }

  /** Looks at the catalogue anew where it changed; for each new transaction and after undoing. */
  void refresh() throws SQLException {
    writers.refresh();
  }

  /** Forgets all units, as the transaction is undone. */
  void clear() {
    loads.retain(Set.of());
    loads.settled();
    changes.clear();
    places.clear();
  }

  /** Forgets the relations. */
  void forgetRelations() throws SQLException {
    writers.clear();
  }

  @Override
  public void close() throws SQLException {
    writers.close();
  }
}
