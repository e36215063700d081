package io.distributary.sink.write;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Whose fault a failure of SQLite is, by its result code (sqlite.org/rescode.html). */
final class SqliteErrors implements Errors {
  @Override
  public WriteException.Kind kind(SQLException failure) {
    return switch (failure.getErrorCode() & 0xff) {
      // BUSY, LOCKED, NOMEM, INTERRUPT, IOERR, FULL, PROTOCOL, SCHEMA
      case 5, 6, 7, 9, 10, 13, 15, 17 -> WriteException.Kind.TRANSIENT;
      // TOOBIG, CONSTRAINT, MISMATCH
      case 18, 19, 20 -> WriteException.Kind.DATA;
      default -> WriteException.Kind.FATAL;
    };
  }

  @Override
  public boolean uniqueConflict(SQLException failure) {
    return failure instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_PRIMARYKEY
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_ROWID);
  }
}
