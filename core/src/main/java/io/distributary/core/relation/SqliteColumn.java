package io.distributary.core.relation;

import java.util.Objects;

/**
 * A column as a SQLite catalogue describes it.
 *
 * @param name the name as declared
 * @param declaredType the declared type; empty where none was declared
 * @param notNull whether it is declared {@code NOT NULL}; a key column of a {@code WITHOUT ROWID}
 *     table always counts as such
 * @param defaultSql the default as SQL, without outer parentheses; null where there is none
 * @param pkOrdinal its place in the primary key, from 1; 0 if it is none of it
 * @param generated whether and how it is computed; such a column takes no inserted value
 * @param collation the collating sequence that comparisons use, for example {@code BINARY}
 */
public record SqliteColumn(
    String name,
    String declaredType,
    boolean notNull,
    String defaultSql,
    int pkOrdinal,
    Generated generated,
    String collation) {

  /** How a column's value comes about. */
  public enum Generated {
    /** It is stored as it is given. */
    NO,
    /** It is computed when read. */
    VIRTUAL,
    /** It is computed when written. */
    STORED,
    /** It is a hidden column of a virtual table. */
    HIDDEN
  }

  /** Checks that nothing but the default is missing. */
  public SqliteColumn {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(declaredType, "declaredType");
    Objects.requireNonNull(generated, "generated");
    Objects.requireNonNull(collation, "collation");
  }

  /** Whether statements may give it a value. */
  public boolean insertable() {
    return generated == Generated.NO;
  }

  /** The type affinity that its declared type gives it. */
  public SqliteTypes.Affinity affinity() {
    return SqliteTypes.affinity(declaredType);
  }

  /** The column as records see it: its schema follows from the declared type. */
  public Column column() {
    return new Column(name, SqliteTypes.schema(declaredType), declaredType);
  }
}
