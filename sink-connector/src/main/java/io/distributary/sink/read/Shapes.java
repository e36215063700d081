package io.distributary.sink.read;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.connect.data.Schema;

/** Finds the shape of rows: by their schema where they have one, else by the fields they have. */
final class Shapes {
  private static final int KEPT = 1000;

  private final Rows fixed;
  private final Map<List<String>, Rows> byFields = new HashMap<>();
  private Rows last;

  /**
   * Shapes of rows.
   *
   * @param row the schema of all rows; null for maps
   */
  Shapes(Schema row) {
    fixed = row == null ? null : Rows.of(row);
  }

  /** Whether all rows have one shape, whatever they hold. */
  boolean fixed() {
    return fixed != null;
  }

  /**
   * A shape that takes all of the rows: the same instance for the same fields. Maps of converters
   * have no order, so their fields are put in the order of the alphabet.
   */
  Rows of(Collection<?> rows) {
    if (fixed != null) {
      return fixed;
    }
    if (last != null && rows.stream().allMatch(row -> fits(row, last))) {
      return last;
    }
    TreeSet<String> names = new TreeSet<>();
    for (Object row : rows) {
      if (row != null) {
        ((Map<?, ?>) row).keySet().forEach(name -> names.add((String) name));
      }
    }
    if (byFields.size() > KEPT) {
      byFields.clear();
    }
    last = byFields.computeIfAbsent(List.copyOf(names), MapRows::new);
    return last;
  }

  private static boolean fits(Object row, Rows shape) {
    return row == null
        || (((Map<?, ?>) row).size() == shape.fields().size()
            && ((Map<?, ?>) row).keySet().containsAll(shape.fields()));
  }
}
