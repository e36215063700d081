package io.distributary.core.relation;

import java.util.List;

/**
 * An index as a SQLite catalogue describes it.
 *
 * @param name the index's name
 * @param unique whether it enforces uniqueness
 * @param origin why it exists
 * @param terms what it indexes, in order
 * @param predicate the {@code WHERE} expression of a partial index; null for a whole one
 * @param sql the {@code CREATE INDEX} statement; null where a constraint of the table made it
 */
public record SqliteIndex(
    String name, boolean unique, Origin origin, List<Term> terms, String predicate, String sql) {

  /** Why an index exists. */
  public enum Origin {
    /** A {@code CREATE INDEX} statement. */
    STATEMENT,
    /** A {@code UNIQUE} constraint. */
    UNIQUE,
    /** The primary key. */
    PRIMARY_KEY
  }

  /**
   * A column or expression of an index.
   *
   * @param column the column's name; null for an expression or the rowid
   * @param sql the column, quoted, or the expression as written
   * @param collation the collating sequence of the index at this place
   */
  public record Term(String column, String sql, String collation) {}

  /** Copies the terms. */
  public SqliteIndex {
    terms = List.copyOf(terms);
  }

  /** Whether all its terms are plain columns. */
  public boolean plainColumns() {
    return terms.stream().allMatch(term -> term.column() != null);
  }
}
