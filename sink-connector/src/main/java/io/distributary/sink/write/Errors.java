package io.distributary.sink.write;

import java.sql.SQLException;

/** What the failures of a kind of database mean. */
interface Errors {

  /** Whose fault a failure is. */
  WriteException.Kind kind(SQLException failure);

  /** Whether rows conflict on a unique index. */
  boolean uniqueConflict(SQLException failure);

  /** Whether a change broke a foreign key at once, which the rest of its unit may mend. */
  default boolean foreignKey(SQLException failure) {
    return false;
  }

  /**
   * The failure as it may be shown: without the values that the database wrote into its message.
   */
  default SQLException presentable(SQLException failure) {
    return failure;
  }
}
