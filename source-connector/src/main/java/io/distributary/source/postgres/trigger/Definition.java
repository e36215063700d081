package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.List;

/**
 * A table as the catalogue has it.
 *
 * @param id its name
 * @param relation the table itself
 * @param partitioned whether its rows are in partitions
 * @param inherits whether it is a parent or a child, though not of partitions
 * @param subscribed whether logical replication writes to it
 * @param columns its columns in order, but for those that are generated from others
 * @param key the names of the columns that tell its rows apart, in the key's order; empty where
 *     none do
 * @param partitions all that is below a partitioned table
 */
record Definition(
    TableId id,
    Relation relation,
    boolean partitioned,
    boolean inherits,
    boolean subscribed,
    List<ColumnDefinition> columns,
    List<String> key,
    List<Relation> partitions) {

  long oid() {
    return relation.oid();
  }

  String name() {
    return id.qualifiedName();
  }

  /** What to read its rows from: children of other tables are tables of their own. */
  String from() {
    return (partitioned ? "" : "ONLY ") + relation.sql();
  }

  /**
   * Whether triggers must fire for each row. Statements on a parent touch rows of its children, and
   * replication applies rows; neither fires the triggers of statements.
   */
  boolean byRow() {
    return inherits || subscribed;
  }

  /** All that needs triggers. */
  List<Relation> relations() {
    List<Relation> relations = new ArrayList<>(partitions);
    relations.add(0, relation);
    return relations;
  }

  ColumnDefinition column(String name) {
    return columns.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }
}
