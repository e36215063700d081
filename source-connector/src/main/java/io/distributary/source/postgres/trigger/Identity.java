package io.distributary.source.postgres.trigger;

import java.sql.SQLException;

/**
 * Which database this is, and which of its lives: a dump that was restored elsewhere is another
 * database, and a server that was restored from a backup, or a replica that took over, lives on
 * another timeline.
 */
final class Identity {
  private Identity() {}

  /** The identity in a text; parts that the server does not tell are dashes. */
  static String of(Session session, Log log) throws SQLException {
    return String.join(
        " ",
        told(session, "SELECT system_identifier FROM pg_control_system()"),
        told(session, "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)"),
        session.text("SELECT oid FROM pg_database WHERE datname = current_database()"),
        session.text("SELECT ?::regclass::oid", log.sql(Log.TABLE)));
  }

  /** Some managed servers do not let everybody ask, or have another kind of log. */
  private static String told(Session session, String question) throws SQLException {
    try {
      return session.text(question);
    } catch (SQLException e) {
      if (Session.isPassing(e)) {
        throw e;
      }
      return "-";
    }
  }
}
