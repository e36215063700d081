package io.distributary.source.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Set;
import java.util.StringJoiner;
import org.postgresql.util.PGInterval;

/** What an error means: whether waiting helps, and what to tell. */
final class Troubles {
  private Troubles() {}

  /** Whether the server, or the way to it, may come back. */
  static boolean mayPass(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        return true;
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        // Connections, too many of them, a server that shuts down or starts; a stream that has just
        // ended (of which the driver says 55000), and a slot that is still in use.
        if (state.startsWith("08")
            || state.startsWith("57P0")
            || Set.of("53300", "55000", "55006").contains(state)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it is an interval that the driver could not read, of which only it knows the value. */
  static boolean isInterval(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      for (StackTraceElement element : cause.getStackTrace()) {
        if (element.getClassName().equals(PGInterval.class.getName())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * What to tell of such an interval. Debezium does not say which column it was reading.
   *
   * @param tables those that are captured
   */
  static String ofInterval(Collection<CapturedTable> tables) {
    StringJoiner columns = new StringJoiner(", ");
    for (CapturedTable table : tables) {
      table
          .types()
          .forEach(
              (column, type) -> {
                if (type.startsWith("interval") && !type.endsWith("[]")) {
                  columns.add(table + "." + column);
                }
              });
    }
    return "An interval has more hours than PostgreSQL's driver reads, 2147483647. It was written to"
        + (columns.length() == 0 ? " a column over such a domain" : " one of " + columns)
        + ". Leave that column out with debezium.column.exclude.list, or use capture=trigger.";
  }

  /** The innermost message, which is the server's own. */
  static String message(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
