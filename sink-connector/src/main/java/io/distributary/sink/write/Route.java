package io.distributary.sink.write;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * One way from a table of the source to a relation of the target. A table may have several; one
 * without any goes to the relation of its own name.
 *
 * @param table the source's table: its name, or its schema and name with a dot between
 * @param relation the target's relation
 * @param columns the columns that are written, each with its name in the relation, in order; empty
 *     for all columns by their own names. The key's columns must be among them
 */
public record Route(String table, String relation, Map<String, String> columns) {

  /** Checks that both ends have names. */
  public Route {
    Objects.requireNonNull(table, "table");
    Objects.requireNonNull(relation, "relation");
    columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
  }
}
