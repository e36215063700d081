package io.distributary.sink.write;

import io.distributary.core.relation.Table;
import java.util.List;

/**
 * How the images of one table's shape are written to one relation: worked out once, so that a row
 * costs array reads and binds.
 *
 * @param table the shape of the images
 * @param relation where they go
 * @param columns the columns that are written
 * @param key the key's columns; empty where the key is not known
 * @param covers whether all writable columns of the relation are written (a marker not counted)
 * @param marker the marker column of soft deletes; null for none
 */
record Plan(
    Table table,
    Relation relation,
    List<Place> columns,
    List<Place> key,
    boolean covers,
    String marker) {

  /**
   * One column's way.
   *
   * @param image where images hold it
   * @param target the relation's column
   * @param binder how its values are bound
   * @param form how its values compare in a key
   */
  record Place(int image, RelationColumn target, Binder binder, KeyForm form) {}

  List<String> columnNames() {
    return columns.stream().map(place -> place.target().name()).toList();
  }

  List<String> keyNames() {
    return key.stream().map(place -> place.target().name()).toList();
  }

  boolean hasKey() {
    return !key.isEmpty();
  }

  /** The same for a table without the marker column. */
  Plan unmarked() {
    return new Plan(table, relation, columns, key, covers, null);
  }

  /** Whether rows with a NULL in their key can be. */
  boolean nullableKey() {
    return key.stream().anyMatch(place -> place.target().nullable());
  }

  /** Whether different keys can conflict, be it on another unique index than the key's. */
  boolean conflicts() {
    return relation.secondaryUnique()
        || relation.uniqueKeys().size() > 1
        || !sameColumns(relation.primaryKey(), keyNames());
  }

  private static boolean sameColumns(List<String> left, List<String> right) {
    return left.size() == right.size() && left.containsAll(right);
  }
}
