package io.distributary.source.postgres;

import java.io.IOException;
import java.sql.SQLException;

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
        // Connections, too many of them, and a server that shuts down or starts.
        if (state.startsWith("08") || state.equals("53300") || state.startsWith("57P0")) {
          return true;
        }
      }
    }
    return false;
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
