package io.distributary.core.relation;

import java.util.Objects;

/**
 * The name of a table, unquoted, as the database spells it.
 *
 * @param database the database; null where it is not known
 * @param schema the schema; null for databases that have none (SQLite)
 * @param name the table
 */
public record TableId(String database, String schema, String name) {

  /** Checks that the table has a name. */
  public TableId {
    Objects.requireNonNull(name, "name");
  }

  /** The table's name, with its schema before it where there is one. */
  public String qualifiedName() {
    return schema == null ? name : schema + "." + name;
  }

  @Override
  public String toString() {
    return qualifiedName();
  }
}
