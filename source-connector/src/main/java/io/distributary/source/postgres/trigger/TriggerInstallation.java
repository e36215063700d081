package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import java.sql.SQLException;
import java.util.List;

/** What the capture has put into a source database, as a whole. */
public final class TriggerInstallation {
  private TriggerInstallation() {}

  /**
   * Installs all that a capture needs, as another role with more rights than the connector's. What
   * is there already stays.
   *
   * @param connectorRole the role that will capture; it gets the rights that it then needs
   * @throws SQLException when a right is missing, or the server cannot be reached
   */
  public static void install(TriggerCaptureSettings settings, String connectorRole)
      throws SQLException {
    try (Session session = Session.control(settings.server(), settings.connector())) {
      Log log = new Log(session, settings.schema());
      Installation installed = new Installer(session, log, settings).install(null);
      String role = Names.quoted(connectorRole);
      String schema = Names.quoted(settings.schema());
      session.execute("GRANT USAGE ON SCHEMA " + schema + " TO " + role);
      for (String table : List.of(Log.TABLE, Log.META, Log.TABLES, Log.SIGNAL)) {
        session.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON " + log.sql(table) + " TO " + role);
      }
      for (CapturedTable table : installed.tables().values()) {
        session.execute(
            "GRANT USAGE ON SCHEMA "
                + Names.quoted(table.definition().id().schema())
                + " TO "
                + role);
        session.execute("GRANT SELECT ON " + table.definition().relation().sql() + " TO " + role);
      }
    }
  }

  /**
   * Removes all our tables, functions and triggers from a database, in one transaction. No capture
   * may be running on it: that one would install them again.
   *
   * @return how many tables and functions were removed
   * @throws SQLException when a right is missing, a table stays locked, or the server cannot be
   *     reached
   */
  public static int remove(TriggerCaptureSettings settings) throws SQLException {
    String schema = Names.quoted(settings.schema());
    int[] removed = {0};
    try (Session session = Session.control(settings.server(), settings.connector())) {
      session.execute("SET lock_timeout = '30s'");
      session.transaction(
          () -> {
            List<String> functions =
                session.rows(
                    "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                        + " WHERE n.nspname = ? AND p.proname ~ '^distributary_[0-9]+_'",
                    row -> row.getString(1),
                    settings.schema());
            for (String function : functions) {
              session.execute(
                  "DROP FUNCTION " + schema + "." + Names.quoted(function) + "() CASCADE");
            }
            List<String> tables =
                session.rows(
                    "SELECT tablename FROM pg_tables WHERE schemaname = ?"
                        + " AND tablename = ANY (?::text[])",
                    row -> row.getString(1),
                    settings.schema(),
                    "{" + String.join(",", Log.TABLE, Log.META, Log.TABLES, Log.SIGNAL) + "}");
            for (String table : tables) {
              session.execute("DROP TABLE " + schema + "." + table);
            }
            removed[0] = functions.size() + tables.size();
          });
    }
    return removed[0];
  }
}
