package io.distributary.sink.read;

import io.distributary.core.relation.Column;
import java.util.ArrayList;
import java.util.List;

/** The shape of rows whose columns stand in two blocks; where both have one, the second counts. */
final class JoinedRows implements Rows {
  private final Rows first;
  private final Rows second;
  private final List<String> names;
  private final List<Column> columns = new ArrayList<>();
  private final int[] inSecond;
  private final int[] inFirst;

  JoinedRows(Rows first, Rows second) {
    this.first = first;
    this.second = second;
    List<String> all = new ArrayList<>(first.fields());
    second.fields().stream().filter(name -> !first.fields().contains(name)).forEach(all::add);
    names = List.copyOf(all);
    inFirst = names.stream().mapToInt(first.fields()::indexOf).toArray();
    inSecond = names.stream().mapToInt(second.fields()::indexOf).toArray();
    for (int i = 0; i < inFirst.length; i++) {
      columns.add(
          inSecond[i] >= 0 ? second.columns().get(inSecond[i]) : first.columns().get(inFirst[i]));
    }
  }

  @Override
  public List<String> fields() {
    return names;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  /** The values of the second block's row; what only the first has is null. */
  @Override
  public Object[] values(Object image) {
    return values(null, image);
  }

  /** The values of both blocks; null where a block is null. */
  Object[] values(Object one, Object other) {
    Object[] before = first.values(one);
    Object[] after = second.values(other);
    Object[] values = new Object[inFirst.length];
    for (int i = 0; i < values.length; i++) {
      if (after != null && inSecond[i] >= 0) {
        values[i] = after[inSecond[i]];
      } else if (before != null && inFirst[i] >= 0) {
        values[i] = before[inFirst[i]];
      }
    }
    return values;
  }
}
