package io.distributary.sink.write;

import io.distributary.core.relation.Names;
import java.util.List;

/**
 * A relation of the target, as its catalogue describes it.
 *
 * @param name the name as the target spells it, for messages and to ask for the relation again
 * @param identifier the name as SQL needs it: quoted, with the schema's before it where there is
 *     one
 * @param columns all columns in order, those not writable included
 * @param primaryKey the primary key's columns in its order; empty where there is none
 * @param uniqueKeys the columns of each unique index that holds for all rows, the primary key's
 *     among them; a set of columns that no index equals cannot be upserted by
 * @param secondaryUnique whether rows of different primary keys can conflict, by another unique
 *     index or by a foreign key that is enforced at once
 * @param referenced whether foreign keys refer to it
 */
record Relation(
    String name,
    String identifier,
    List<RelationColumn> columns,
    List<String> primaryKey,
    List<List<String>> uniqueKeys,
    boolean secondaryUnique,
    boolean referenced) {

  /**
   * The column that takes the values of a record's column: of the same name, else the same but for
   * case, else the one whose name is spelt so where only Avro's letters are legal; null for none.
   */
  RelationColumn column(String name) {
    RelationColumn found = null;
    for (RelationColumn column : columns) {
      if (column.name().equals(name)) {
        return column;
      }
      if (found == null && column.name().equalsIgnoreCase(name)) {
        found = column;
      }
    }
    return found != null ? found : byAvroName(name);
  }

  private RelationColumn byAvroName(String name) {
    List<RelationColumn> found =
        columns.stream().filter(column -> Names.avro(column.name()).equals(name)).toList();
    return found.size() == 1 ? found.get(0) : null;
  }

  /** Whether a unique index is over exactly these columns. */
  boolean uniqueBy(List<String> key) {
    return uniqueKeys.stream()
        .anyMatch(unique -> unique.size() == key.size() && unique.containsAll(key));
  }
}
