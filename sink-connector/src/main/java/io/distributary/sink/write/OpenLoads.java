package io.distributary.sink.write;

import io.distributary.core.record.Part;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The snapshots that are being taken in by the open transaction. */
final class OpenLoads {
  private final Map<TableId, List<Load>> loads = new LinkedHashMap<>();
  private final List<Load> unsettled = new ArrayList<>();

  boolean isEmpty() {
    return loads.isEmpty();
  }

  /** The tables whose snapshots are being taken in. */
  Set<TableId> tables() {
    return Set.copyOf(loads.keySet());
  }

  /**
   * Where a part of a snapshot goes, one load for each writer. The first part begins them; a unit
   * over several tables begins them with each table's first part.
   *
   * @return null for what is no snapshot, or the rest of one whose beginning was not seen: such
   *     rows are applied as changes
   */
  List<Load> of(Part part, List<TableWriter> writers) throws SQLException {
    if (part.header().kind() != UnitKind.SNAPSHOT) {
      return null;
    }
    TableId table = part.table().id();
    if (part.seq() == 0 && !loads.isEmpty()) {
      throw new IllegalStateException(
          "A snapshot of " + table + " begins before that of " + loads.keySet() + " has ended");
    }
    if (part.seq() > 0 && loads.isEmpty()) {
      return null;
    }
    List<Load> open = loads.get(table);
    if (open == null) {
      open = new ArrayList<>();
      for (TableWriter writer : writers) {
        open.add(writer.load());
      }
      loads.put(table, open);
    }
    return open;
  }

  /** Puts all snapshots in the places of their relations. */
  void finish() throws SQLException {
    for (List<Load> open : loads.values()) {
      for (Load load : open) {
        load.finish();
      }
    }
    loads.values().forEach(unsettled::addAll);
    close();
  }

  /** Does what was put off until the commit; if that is undone, the same again. */
  void settle() throws SQLException {
    for (Load load : unsettled) {
      load.settle();
    }
  }

  /** Nothing is put off any more. */
  void settled() {
    unsettled.clear();
  }

  /** Takes all snapshots for changes only. */
  void applyAsChanges() throws SQLException {
    for (List<Load> open : loads.values()) {
      for (Load load : open) {
        load.applyAsChanges();
      }
    }
    close();
  }

  /** Forgets the snapshots of all other tables, whose beginning was undone. */
  void retain(Set<TableId> tables) {
    loads.keySet().retainAll(tables);
  }

  private void close() throws SQLException {
    for (List<Load> open : loads.values()) {
      for (Load load : open) {
        load.close();
      }
    }
    loads.clear();
  }
}
