package io.distributary.sink.read;

import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tables seen so far: the same instance for the same name, rows and key, for writers cache by
 * it. Keeps the most recently used only, as a topic may bring ever new shapes.
 */
final class Tables {
  private static final int KEPT = 1000;

  private record Shape(TableId id, Rows rows, List<String> key) {}

  private final Map<Shape, Table> tables =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Shape, Table> eldest) {
          return size() > KEPT;
        }
      };
  private Shape lastShape;
  private Table last;

  /**
   * The table of that name whose rows have that shape (compared by identity).
   *
   * @param key the fields of the key; those that the rows lack are left out
   */
  Table table(TableId id, Rows rows, List<String> key) {
    if (lastShape == null
        || lastShape.rows != rows
        || !lastShape.id.equals(id)
        || !lastShape.key.equals(key)) {
      lastShape = new Shape(id, rows, List.copyOf(key));
      last = tables.computeIfAbsent(lastShape, Tables::make);
    }
    return last;
  }

  private static Table make(Shape shape) {
    List<String> fields = shape.rows.fields();
    int[] key = shape.key.stream().mapToInt(fields::indexOf).filter(i -> i >= 0).toArray();
    return new Table(shape.id, shape.rows.columns(), key);
  }
}
