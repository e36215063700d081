package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.Set;
import org.mariadb.jdbc.export.MaxAllowedPacketException;

/**
 * Whose fault a failure of MariaDB or MySQL is, by its error code and SQLSTATE; and whether one of
 * those asked about was the end of the connection.
 */
final class MariaDbErrors implements Errors {
  /** Waiting for a lock took too long; the transaction is still open. */
  static final int LOCK_WAIT = 1205;

  /**
   * Deadlock (which ends the transaction, so that its savepoints are gone: 1305), lock wait, a row
   * or table changed since it was read, shutdown, kill, timeouts, too many connections, read-only,
   * disk full, cluster not ready, a table or column that another task has just made.
   */
  private static final Set<Integer> TRANSIENT =
      Set.of(
          1205, 1213, 1305, 1020, 1412, 1053, 1317, 1927, 1969, 3024, 1040, 1203, 1226, 1290, 1836,
          1021, 1114, 1047, 1158, 1159, 1160, 1161, 1615, 2006, 2013, 4031, 1050, 1060);

  /**
   * Beyond SQLSTATE 22 and 23: a value that was cut or is out of range or wrong, no value for a
   * column without default, a check, JSON, a packet or row that is too large, a trigger's SIGNAL.
   */
  private static final Set<Integer> DATA =
      Set.of(
          1048, 1062, 1118, 1153, 1216, 1217, 1264, 1265, 1292, 1301, 1364, 1366, 1406, 1411, 1416,
          1451, 1452, 1586, 1644, 1690, 3140, 3819, 4025);

  /** Where messages quote values or statements, and what to leave of that. */
  private static final String[][] QUOTES = {
    {"Duplicate entry '.*' for key", "Duplicate entry for key"},
    {"(value|string): '.*'( for | at row|$)", "$1$2"},
    {"value '.*'( at row|$)", "value$1"},
    {" near '.*' at line", " at line"},
    {"out of range in '.*'", "out of range"},
  };

  private static final Set<Integer> FOREIGN_KEY = Set.of(1216, 1217, 1451, 1452);

  private boolean connectionGone;

  /** Whether the connection has ended. */
  boolean connectionGone() {
    return connectionGone;
  }

  /** Remembers whether a failure is the connection's end. */
  void note(SQLException failure) {
    connectionGone |= gone(failure);
  }

  @Override
  public WriteException.Kind kind(SQLException failure) {
    note(failure);
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    int code = failure.getErrorCode();
    if (isTooLarge(failure)) {
      return WriteException.Kind.DATA;
    } else if (code == 1045 || code == 1049) {
      // Access denied and no such database have states of their own kind, but need a person.
      return WriteException.Kind.FATAL;
    } else if (TRANSIENT.contains(code) || gone(failure) || state.startsWith("40")) {
      return WriteException.Kind.TRANSIENT;
    } else if (DATA.contains(code) || state.startsWith("22") || state.startsWith("23")) {
      return WriteException.Kind.DATA;
    }
    return WriteException.Kind.FATAL;
  }

  private static boolean gone(SQLException failure) {
    return failure.getSQLState() != null
        && failure.getSQLState().startsWith("08")
        && !isTooLarge(failure);
  }

  /** Whether a statement does not fit into a packet, as the driver or the server says. */
  private static boolean isTooLarge(SQLException failure) {
    return failure.getErrorCode() == 1153
        || failure.getCause() instanceof MaxAllowedPacketException;
  }

  /** The failure without the values of rows that the server quotes. */
  @Override
  public SQLException presentable(SQLException failure) {
    String message = String.valueOf(failure.getMessage());
    for (String[] quote : QUOTES) {
      message = message.replaceAll("(?s)" + quote[0], quote[1]);
    }
    SQLException presentable =
        new SQLException(message, failure.getSQLState(), failure.getErrorCode());
    presentable.setStackTrace(failure.getStackTrace());
    return presentable;
  }

  /** Whether a row lacks its parent, or is one. */
  @Override
  public boolean foreignKey(SQLException failure) {
    return FOREIGN_KEY.contains(failure.getErrorCode());
  }

  @Override
  public boolean uniqueConflict(SQLException failure) {
    return failure.getErrorCode() == 1062 || failure.getErrorCode() == 1586;
  }
}
