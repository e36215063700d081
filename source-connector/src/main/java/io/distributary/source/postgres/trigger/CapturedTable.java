package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import java.util.stream.Collectors;

/**
 * A table whose changes are captured.
 *
 * @param definition how the database defines it
 * @param key how its rows are told apart
 * @param reader how its rows are read
 */
record CapturedTable(Definition definition, TableKey key, RowReader reader) {

  /** How records see it; the same instance until its shape changes. */
  Table table() {
    return reader.table();
  }

  String name() {
    return definition.name();
  }

  long oid() {
    return definition.oid();
  }

  /** The columns to select for an image of a row, in the order of {@link #table()}. */
  String columns(String alias) {
    return definition.columns().stream()
        .map(column -> alias + Names.quoted(column.name()))
        .collect(Collectors.joining(", "));
  }

  /** What is null only where an outer join found no row. */
  String presence(String alias) {
    return alias + key.parts().get(0).sql();
  }
}
