package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.Part;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Writes the changes of units, part by part. A unit as a whole breaks no unique index that its
 * source has too, but a part of it may: when rows exchange values of such an index, and one comes
 * parts before the other. So a change that conflicts is held back until the rest of its unit has
 * come.
 */
final class UnitChanges {
  private static final String HOLD = "distributary_hold";
  private static final int MAX_HELD = 10_000;

  private final Dialect dialect;
  private Map<Place, Held> held = Map.of();

  /** One of the places that a table's rows go to. */
  private record Place(TableId table, int writer) {}

  /** Changes held back, one for each key. */
  private record Held(Table table, List<Change> changes) {}

  UnitChanges(Dialect dialect) {
    this.dialect = dialect;
  }

  /** What is held back now, to go back to. */
  Object mark() {
    return held;
  }

  /** Goes back to what was held back then. */
  @SuppressWarnings("unchecked") // a mark is what mark() gave
  void reset(Object mark) {
    held = (Map<Place, Held>) mark;
  }

  void clear() {
    held = Map.of();
  }

  boolean isEmpty() {
    return held.isEmpty();
  }

  /** Forgets what is held back of a table whose whole content follows. */
  void forget(Table table) {
    Map<Place, Held> others = new HashMap<>(held);
    others.keySet().removeIf(place -> place.table().equals(table.id()));
    held = others;
  }

  /** Writes a part's changes, and with the last part all that was held back. */
  void write(Part part, List<TableWriter> writers, boolean more) throws SQLException {
    for (int i = 0; i < writers.size(); i++) {
      Place place = new Place(part.table().id(), i);
      List<Change> changes = withHeld(place, part);
      if (!writers.get(i).conflicts()) {
        writers.get(i).write(changes, more);
        hold(place, part.table(), List.of());
      } else {
        // At the end of its unit a table's own rows are whole, but those of others may be held.
        Predicate<SQLException> waits = part.last() ? dialect.errors()::foreignKey : this::waits;
        hold(place, part.table(), conflicting(writers.get(i), changes, more, waits));
      }
    }
  }

  /**
   * Writes a part's changes alone, and with the last part what was held back.
   *
   * @return those of the part that failed
   */
  List<Failure> writeEach(Part part, List<TableWriter> writers, boolean more) throws SQLException {
    List<Failure> failures = new ArrayList<>();
    for (int i = 0; i < writers.size(); i++) {
      Place place = new Place(part.table().id(), i);
      TableWriter writer = writers.get(i);
      List<Change> before = heldAt(place);
      List<Change> changes = withHeld(place, part);
      List<Change> lasts = writer.lasts(changes);
      OneByOne each =
          new OneByOne(dialect, writer.subject(), more, writer::write, writer::makeRoom);
      for (Failure failure : each.apply(lasts == null ? changes : lasts)) {
        if (OneByOne.isOneOf(before, failure.change())) {
          throw unresolved(part.table(), failure.cause());
        }
        failures.add(failure);
      }
      hold(place, part.table(), List.of());
    }
    return failures;
  }

  /** Whether the rest of a unit may make possible what failed. */
  private boolean waits(SQLException failure) {
    return dialect.errors().uniqueConflict(failure) || dialect.errors().foreignKey(failure);
  }

  /** Writes what is held back, in an order in which all of it can be written. */
  void finish(Writers writers) throws SQLException {
    Map<Place, Held> left = new LinkedHashMap<>(held);
    while (!left.isEmpty()) {
      int before = count(left);
      for (Map.Entry<Place, Held> entry : List.copyOf(left.entrySet())) {
        Table table = entry.getValue().table();
        TableWriter writer = writers.of(table).get(entry.getKey().writer());
        List<Change> rest = conflicting(writer, entry.getValue().changes(), true, this::waits);
        if (rest.isEmpty()) {
          left.remove(entry.getKey());
        } else {
          left.put(entry.getKey(), new Held(table, rest));
        }
      }
      if (count(left) == before) {
        refuse(left.entrySet().iterator().next(), writers);
      }
    }
    clear();
  }

  private static int count(Map<Place, Held> held) {
    return held.values().stream().mapToInt(changes -> changes.changes().size()).sum();
  }

  /** Says why a table's changes cannot be written. */
  private void refuse(Map.Entry<Place, Held> entry, Writers writers) throws SQLException {
    Table table = entry.getValue().table();
    try {
      writers.of(table).get(entry.getKey().writer()).write(entry.getValue().changes(), true);
    } catch (SQLException e) {
      throw dialect.errors().foreignKey(e)
          ? broken(table, e)
          : unresolved(table, dialect.errors().presentable(e));
    }
  }

  private WriteException broken(Table table, SQLException cause) {
    return new WriteException(
        WriteException.Kind.DATA,
        "At the end of its unit a change of table "
            + table.id()
            + " still breaks a foreign key: "
            + dialect.errors().presentable(cause).getMessage()
            + ". Distribute parent tables too, as one topic (topic.layout=source), or do not enforce"
            + " foreign keys in the replica",
        dialect.errors().presentable(cause));
  }

  private static WriteException unresolved(Table table, Exception cause) {
    return new WriteException(
        WriteException.Kind.FATAL,
        "At the end of its unit a change of table "
            + table.id()
            + " still conflicts with another row on a unique index: "
            + cause.getMessage()
            + ". Remove the index if the source has none of its kind, or ask for a snapshot",
        cause);
  }

  private List<Change> heldAt(Place place) {
    Held there = held.get(place);
    return there == null ? List.of() : there.changes();
  }

  private List<Change> withHeld(Place place, Part part) {
    Held there = held.get(place);
    if (there == null) {
      return part.changes();
    }
    if (there.table() != part.table() && !there.table().sameShape(part.table())) {
      throw unresolved(part.table(), new IllegalStateException("its shape changed inside a unit"));
    }
    List<Change> changes = new ArrayList<>(there.changes());
    changes.addAll(part.changes());
    return changes;
  }

  private void hold(Place place, Table table, List<Change> changes) {
    if (changes.isEmpty() && !held.containsKey(place)) {
      return;
    }
    Map<Place, Held> next = new HashMap<>(held);
    next.remove(place);
    if (!changes.isEmpty()) {
      next.put(place, new Held(table, changes));
    }
    held = next;
  }

  /** Writes what can be written now; returns what conflicts. */
  private List<Change> conflicting(
      TableWriter writer, List<Change> changes, boolean more, Predicate<SQLException> waits)
      throws SQLException {
    Savepoint savepoint = Savepoint.set(dialect.connection(), HOLD);
    try {
      writer.write(changes, more);
      savepoint.release();
      return List.of();
    } catch (SQLException e) {
      List<Change> lasts = waits.test(e) ? writer.lasts(changes) : null;
      if (lasts == null) {
        throw e;
      }
      savepoint.rollback();
      OneByOne each = new OneByOne(dialect, writer.subject(), more, writer::write, any -> false);
      List<Change> conflicting = each.conflicting(lasts, waits);
      if (conflicting.size() > MAX_HELD) {
        throw e;
      }
      return conflicting;
    }
  }
}
