package io.distributary.core.relation;

import java.util.Arrays;
import java.util.List;

/**
 * The shape of a table: what it is called, its columns in order, and which of them are its key.
 *
 * <p>Immutable and safe for use by several threads. Codecs and writers cache what they derive from
 * a table by its identity, so whoever reads tables hands out the same instance until it changes.
 */
public final class Table {
  private final TableId id;
  private final List<Column> columns;
  private final int[] key;

  /**
   * A table.
   *
   * @param key indexes of the key's columns, in the key's order; empty where the key is not known
   */
  public Table(TableId id, List<Column> columns, int... key) {
    this.id = id;
    this.columns = List.copyOf(columns);
    this.key = key.clone();
    for (int index : key) {
      if (index < 0 || index >= columns.size()) {
        throw new IllegalArgumentException("Key column " + index + " is not a column of " + id);
      }
    }
  }

  /** The table's name. */
  public TableId id() {
    return id;
  }

  /** The columns, in order. */
  public List<Column> columns() {
    return columns;
  }

  /** How many columns the key has; 0 where it is not known. */
  public int keySize() {
    return key.length;
  }

  /** The index of the key's {@code i}th column. */
  public int keyIndex(int i) {
    return key[i];
  }

  /** The key's columns, in the key's order. */
  public List<Column> keyColumns() {
    return Arrays.stream(key).mapToObj(columns::get).toList();
  }

  /** The index of the column of that name, or -1. */
  public int indexOf(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether both have the same columns and key, so that rows of one fit the other. */
  public boolean sameShape(Table other) {
    return columns.equals(other.columns) && Arrays.equals(key, other.key);
  }

  @Override
  public String toString() {
    return id + columns.stream().map(Column::name).toList().toString();
  }
}
