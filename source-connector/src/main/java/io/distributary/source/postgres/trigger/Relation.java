package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.util.List;

/**
 * What triggers stand on: a table or a partition.
 *
 * @param oid the server's number of it
 * @param schema its schema
 * @param name its name
 * @param columns the names of its columns, in the order that {@code *} has
 * @param mayRead whether we may read it by its own name
 * @param mayTrigger whether we may create triggers on it
 * @param owned whether it is ours, so that its triggers can be told when to fire
 */
record Relation(
    long oid,
    String schema,
    String name,
    List<String> columns,
    boolean mayRead,
    boolean mayTrigger,
    boolean owned) {

  String sql() {
    return Names.quoted(schema) + "." + Names.quoted(name);
  }
}
