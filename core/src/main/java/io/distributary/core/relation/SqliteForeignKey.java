package io.distributary.core.relation;

import java.util.List;

/**
 * A foreign key as a SQLite catalogue describes it.
 *
 * @param child the table that has it
 * @param parent the table that it refers to, as the declaration spells it
 * @param columns the child's columns
 * @param parentColumns the parent's columns; empty where its primary key is meant
 * @param onUpdate the action on a changed parent key, for example {@code CASCADE}
 * @param onDelete the action on a deleted parent
 */
public record SqliteForeignKey(
    String child,
    String parent,
    List<String> columns,
    List<String> parentColumns,
    String onUpdate,
    String onDelete) {

  /** Copies the lists. */
  public SqliteForeignKey {
    columns = List.copyOf(columns);
    parentColumns = List.copyOf(parentColumns);
  }
}
