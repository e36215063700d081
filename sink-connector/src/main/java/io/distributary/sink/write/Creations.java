package io.distributary.sink.write;

import java.sql.SQLException;

/**
 * Inserts rows that their changes say are new, where the database has a faster way for that than an
 * upsert, which looks for each row first. It is only a guess: rows that are there already (their
 * records were read again, or someone else wrote them) are left to the upsert.
 */
final class Creations implements AutoCloseable {
  /** From here on a copy and its savepoint are faster; measured, see docs/postgresql-sink.md. */
  private static final int FEW = 200;

  /** How many lists of rows are not tried after a guess was wrong. */
  private static final int PAUSE = 100;

  private static final String GUESS = "distributary_guess";

  private final Dialect dialect;
  private final Bulk insert;
  private int pause;

  Creations(Dialect dialect, Plan plan) {
    this.dialect = dialect;
    this.insert = dialect.creations(plan);
  }

  /** Inserts the rows; false where they are to be upserted, and nothing was done. */
  boolean insert(Object[][] rows, int count) throws SQLException {
    if (insert == null || count < FEW || pause-- > 0) {
      return false;
    }
    pause = 0;
    Savepoint savepoint = Savepoint.set(dialect.connection(), GUESS);
    try {
      insert.run(rows, 0, count);
      savepoint.release();
      return true;
    } catch (SQLException e) {
      if (!dialect.errors().uniqueConflict(e)) {
        throw e;
      }
      savepoint.rollback();
      pause = PAUSE;
      return false;
    }
  }

  @Override
  public void close() throws SQLException {
    if (insert != null) {
      insert.close();
    }
  }
}
