package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.relation.Column;
import java.util.List;
import java.util.Map;

/** Rows as maps, of a converter without schemas. A field that a row lacks is not touched by it. */
final class MapRows implements Rows {
  private final List<String> names;
  private final List<Column> columns;

  MapRows(List<String> names) {
    this.names = names;
    this.columns = names.stream().map(name -> new Column(name, null, null)).toList();
  }

  @Override
  public List<String> fields() {
    return names;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public Object[] values(Object image) {
    if (image == null) {
      return null;
    }
    Map<?, ?> row = (Map<?, ?>) image;
    Object[] values = new Object[names.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(names.get(i));
      values[i] = value == null && !row.containsKey(names.get(i)) ? Change.UNTOUCHED : value;
    }
    return values;
  }
}
