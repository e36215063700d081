package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.postgres.PostgresTypeCatalogue;
import io.distributary.source.capture.Slice;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a simple consumer makes of slices: it upserts and deletes by exact keys. */
final class Replica {
  private final Map<String, Map<List<Object>, List<Object>>> tables = new HashMap<>();
  private final Map<String, Table> shapes = new HashMap<>();
  private Position last;
  private boolean inside;

  void take(Slice slice) {
    String name = slice.table().id().qualifiedName();
    shapes.put(name, slice.table());
    Map<List<Object>, List<Object>> rows = tables.computeIfAbsent(name, absent -> new HashMap<>());
    if (slice.header().kind() == UnitKind.SNAPSHOT && !inside) {
      rows.clear();
    }
    for (Change change : slice.changes()) {
      List<Object> key = key(slice.table(), change.image());
      assertThat(key).as("key of a row of %s", name).doesNotContainNull();
      if (change.after() == null) {
        rows.remove(key);
      } else {
        rows.put(key, exact(change.after()));
      }
    }
    inside = !slice.endOfTable();
    assertThat(slice.endOfTable() || !slice.endOfTransaction()).isTrue();
    Position position = slice.header().position();
    assertThat(last == null || !last.sameEpoch(position) || last.lsn() <= position.lsn())
        .as("%s after %s", position, last)
        .isTrue();
    last = position;
  }

  Set<String> tables() {
    return tables.keySet();
  }

  List<List<Object>> rows(String table) {
    return List.copyOf(tables.get(table).values());
  }

  List<List<Object>> sourceRows(Session source, Definition definition) throws SQLException {
    RowReader reader = RowReader.of(definition, new PostgresTypeCatalogue(source.connection()), 2);
    String columns =
        definition.columns().stream()
            .map(column -> Names.quoted(column.name()))
            .collect(Collectors.joining(", "));
    return source.rows(
        "SELECT " + columns + " FROM " + definition.from(), row -> exact(reader.read(row, 1)));
  }

  private static List<Object> key(Table table, Object[] image) {
    return IntStream.range(0, table.keySize())
        .mapToObj(i -> exact(image[table.keyIndex(i)]))
        .toList();
  }

  private static List<Object> exact(Object[] image) {
    return Arrays.stream(image).map(Replica::exact).collect(Collectors.toList());
  }

  /** Values that compare by what they hold. */
  private static Object exact(Object value) {
    return value instanceof byte[] bytes ? "bytes " + Arrays.toString(bytes) : value;
  }
}
