package io.distributary.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import io.distributary.source.capture.Slice;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a simple consumer makes of slices: it upserts and deletes by exact keys. */
final class Replica {
  private final Map<String, Map<List<Object>, List<List<Object>>>> tables = new HashMap<>();
  private final Map<String, Table> shapes = new HashMap<>();
  private boolean inside;

  void take(Slice slice) {
    String name = slice.table().id().name();
    shapes.put(name, slice.table());
    Map<List<Object>, List<List<Object>>> rows =
        tables.computeIfAbsent(name, absent -> new HashMap<>());
    if (slice.header().kind() == UnitKind.SNAPSHOT && !inside) {
      rows.clear();
    }
    for (Change change : slice.changes()) {
      List<Object> key = key(slice.table(), change.image());
      if (change.after() == null) {
        rows.remove(key);
      } else if (key.contains(null)) {
        rows.computeIfAbsent(key, absent -> new ArrayList<>()).add(exact(change.after()));
      } else {
        rows.put(key, List.of(exact(change.after())));
      }
    }
    inside = !slice.endOfTable();
    assertThat(slice.endOfTable() || !slice.endOfTransaction()).isTrue();
  }

  boolean knows(String table) {
    return tables.containsKey(table);
  }

  List<List<Object>> rows(String table) {
    return tables.get(table).values().stream().flatMap(List::stream).toList();
  }

  List<List<Object>> sourceRows(Connection source, String table) throws SQLException {
    String columns =
        shapes.get(table).columns().stream()
            .map(column -> Names.quoted(column.name()))
            .collect(Collectors.joining(", "));
    List<List<Object>> rows = new ArrayList<>();
    try (Statement statement = source.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT " + columns + " FROM " + Names.quoted(table))) {
      while (row.next()) {
        rows.add(exact(RowReader.read(row, 1, shapes.get(table).columns().size())));
      }
    }
    return rows;
  }

  private static List<Object> key(Table table, Object[] image) {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < table.keySize(); i++) {
      key.add(exact(image[table.keyIndex(i)]));
    }
    return key;
  }

  private static List<Object> exact(Object[] image) {
    return Arrays.stream(image).map(Replica::exact).collect(Collectors.toList());
  }

  /** Values that compare by what they hold; integers and reals stay apart. */
  private static Object exact(Object value) {
    if (value instanceof byte[] bytes) {
      return "blob " + Arrays.toString(bytes);
    }
    return value instanceof Integer number ? (Object) number.longValue() : value;
  }
}
