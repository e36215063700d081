package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;

/** Whose fault a failure of PostgreSQL is, by its SQLSTATE (PostgreSQL's appendix A). */
final class PostgresErrors implements Errors {
  private static final Set<String> TRANSIENT =
      Set.of(
          "55006", // object in use
          "55P03", // a lock was not to be had in time
          "57014", // statement_timeout, or someone cancelled it
          "57P01", // the server shuts down, or someone ended the session
          "57P02", "57P03", // it is starting
          "57P05", // idle for too long
          "25P03", // idle in a transaction for too long
          "25006", // a standby, before it takes over
          "58030"); // an I/O error

  /** What a definition that someone changes meanwhile leads to: the next try reads it anew. */
  private static final Set<String> CHANGED =
      Set.of(
          "42P01", // no such table
          "42703", // no such column
          "42804", // a column of another type
          "42P07", // another task has just made the table
          "42710", // or its type
          "42701", // or the column
          "42P10"); // no unique index any more

  private static final Set<String> DATA =
      Set.of(
          "54000", // such as a row that is too long for an index
          "21000", // one key twice in a statement
          "P0001"); // raised by a trigger

  /** SQL's standard leaves these classes to servers; PostgreSQL uses three of them. */
  private static final Pattern RAISED = Pattern.compile("(?!72|P0|XX)[6-9I-Z].");

  private static final Pattern QUOTED = Pattern.compile(": \".*", Pattern.DOTALL);

  /** As servers quote whose messages are in German, French, Spanish and others. */
  private static final Pattern QUOTED_ABROAD =
      Pattern.compile("[\u00ab\u00bb\u201e].*[\u00bb\u00ab\u201c]", Pattern.DOTALL);

  @Override
  public WriteException.Kind kind(SQLException failure) {
    if (inCatalogue(failure)) {
      return WriteException.Kind.TRANSIENT;
    }
    String state = state(failure);
    String type = state.length() < 2 ? "" : state.substring(0, 2);
    return switch (type) {
      // connection, transaction rollback (serialization, deadlock), resources
      case "08", "40", "53" -> WriteException.Kind.TRANSIENT;
      // data, integrity constraint, check option of a view
      case "22", "23", "44" -> WriteException.Kind.DATA;
      default -> rare(state, type);
    };
  }

  private static WriteException.Kind rare(String state, String type) {
    if (TRANSIENT.contains(state) || CHANGED.contains(state)) {
      return WriteException.Kind.TRANSIENT;
    }
    // A trigger that refuses a row may do so with a state of its own.
    return DATA.contains(state) || RAISED.matcher(type).matches()
        ? WriteException.Kind.DATA
        : WriteException.Kind.FATAL;
  }

  /** Whether two sessions defined the same thing at once: rows of the server's own conflict. */
  private static boolean inCatalogue(SQLException failure) {
    return failure instanceof PSQLException told
        && told.getServerErrorMessage() != null
        && "pg_catalog".equals(told.getServerErrorMessage().getSchema());
  }

  /** Whether rows conflict on a unique index or an exclusion constraint. */
  @Override
  public boolean uniqueConflict(SQLException failure) {
    String state = state(failure);
    return state.equals("23505") || state.equals("23P01");
  }

  /** Whether a row refers to one that is not there, or is referred to. */
  @Override
  public boolean foreignKey(SQLException failure) {
    String state = state(failure);
    return state.equals("23503") || state.equals("23001");
  }

  /** Errors in data quote the data: {@code invalid input syntax for type integer: "x"}. */
  @Override
  public SQLException presentable(SQLException failure) {
    String message = failure.getMessage();
    if (!state(failure).startsWith("22") || message == null) {
      return failure;
    }
    String told =
        QUOTED.matcher(message).replaceFirst("").replaceFirst("(?s)value \".*\" is", "value is");
    told = QUOTED_ABROAD.matcher(told).replaceAll("\u2026");
    if (told.equals(message)) {
      return failure;
    }
    SQLException presentable = new SQLException(told, failure.getSQLState());
    presentable.setStackTrace(failure.getStackTrace());
    return presentable;
  }

  private static String state(SQLException failure) {
    return failure.getSQLState() == null ? "" : failure.getSQLState();
  }
}
