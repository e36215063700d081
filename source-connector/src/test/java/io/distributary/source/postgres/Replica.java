package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Table;
import io.distributary.source.capture.Slice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Tables that follow a capture as our sink would: whole units, none twice. */
final class Replica {
  private final Map<String, Map<String, Map<String, Object>>> tables = new TreeMap<>();
  private final Map<String, Position> applied = new HashMap<>();
  private final Map<String, List<Slice>> open = new HashMap<>();

  /** Takes a slice; it shows when its table's unit is whole. */
  void take(Slice slice) {
    String table = slice.table().id().qualifiedName();
    List<Slice> unit = open.computeIfAbsent(table, name -> new ArrayList<>());
    unit.add(slice);
    if (slice.endOfTable()) {
      open.remove(table);
      apply(table, unit);
    }
  }

  /** What a task that dies leaves unfinished is sent again, whole. */
  void forgetUnfinished() {
    open.clear();
  }

  private void apply(String name, List<Slice> unit) {
    Position position = unit.get(0).header().position();
    Position last = applied.get(name);
    boolean snapshot = unit.get(0).header().kind() == UnitKind.SNAPSHOT;
    if (last != null && !position.sameEpoch(last) && !snapshot) {
      throw new AssertionError("A new epoch begins without a snapshot of " + name);
    }
    if (last != null && position.sameEpoch(last) && position.lsn() <= last.lsn()) {
      return;
    }
    applied.put(name, position);
    Map<String, Map<String, Object>> rows = tables.computeIfAbsent(name, key -> new TreeMap<>());
    if (snapshot) {
      rows.clear();
    }
    for (Slice slice : unit) {
      slice.changes().forEach(change -> apply(slice.table(), change, rows));
    }
  }

  private static void apply(Table table, Change change, Map<String, Map<String, Object>> rows) {
    if (change.op() == Op.TRUNCATE) {
      rows.clear();
      return;
    }
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < table.keySize(); i++) {
      key.append(change.image()[table.keyIndex(i)]).append('|');
    }
    if (change.op() == Op.DELETE) {
      rows.remove(key.toString());
      return;
    }
    Map<String, Object> before = rows.get(key.toString());
    Map<String, Object> row = new TreeMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      String column = table.columns().get(i).name();
      Object value = change.after()[i];
      if (value == Change.UNTOUCHED && before == null) {
        throw new AssertionError("A value that was not touched belongs to no row");
      }
      row.put(column, value == Change.UNTOUCHED ? before.get(column) : String.valueOf(value));
    }
    rows.put(key.toString(), row);
  }

  /** The rows of a table, each as its columns. */
  List<Map<String, Object>> rows(String table) {
    return List.copyOf(tables.getOrDefault(table, Map.of()).values());
  }
}
