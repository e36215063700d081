package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Whether a server, and a user on it, can be captured from at all. */
final class ServerCheck {
  /** The first that takes messages of logical decoding through pgoutput, which heartbeats are. */
  private static final int OLDEST = 140000;

  private final Sql sql;
  private final PostgresCaptureSettings settings;

  ServerCheck(Sql sql, PostgresCaptureSettings settings) {
    this.sql = sql;
    this.settings = settings;
  }

  /**
   * Refuses a server that cannot be captured from.
   *
   * @throws CaptureException that says what to do
   */
  void require() throws SQLException {
    List<String> errors = errors();
    if (!errors.isEmpty()) {
      throw new CaptureException(String.join(" ", errors));
    }
  }

  /** Why it cannot be; empty if it can. */
  List<String> errors() throws SQLException {
    List<String> errors = new ArrayList<>();
    if (sql.number("SELECT current_setting('server_version_num')::int") < OLDEST) {
      errors.add(
          "The server is PostgreSQL "
              + sql.text("SHOW server_version")
              + ", and 14 is the oldest that can be captured.");
      return errors;
    }
    if (sql.yes("SELECT pg_is_in_recovery()")) {
      errors.add("The server is a standby: name the primary in connection.url.");
    }
    String level = sql.text("SHOW wal_level");
    if (!level.equals("logical")) {
      errors.add(
          "The server's wal_level is "
              + level
              + ". ALTER SYSTEM SET wal_level = 'logical', and restart the server.");
    }
    privileges(errors);
    if (errors.isEmpty()) {
      room(errors);
    }
    return errors;
  }

  private void privileges(List<String> errors) throws SQLException {
    boolean replicates =
        sql.yes(
            "SELECT rolsuper OR rolreplication OR EXISTS (SELECT FROM pg_catalog.pg_roles g WHERE"
                + " g.rolname = 'rds_replication' AND pg_has_role(g.oid, 'MEMBER')) FROM"
                + " pg_catalog.pg_roles WHERE rolname = current_user");
    if (!replicates) {
      String user = sql.text("SELECT current_user");
      errors.add(
          "The user "
              + user
              + " may not replicate. ALTER ROLE "
              + Names.quoted(user)
              + " REPLICATION (on Amazon RDS: GRANT rds_replication TO "
              + Names.quoted(user)
              + ").");
    }
  }

  private void room(List<String> errors) throws SQLException {
    String[] own = {settings.names().slot(), DebeziumSettings.snapshotSlot(settings)};
    room(
        errors,
        "replication slots",
        "max_replication_slots",
        "SELECT count(*) FROM pg_catalog.pg_replication_slots WHERE slot_name <> ALL (?)",
        own);
    room(
        errors,
        "WAL senders",
        "max_wal_senders",
        "SELECT count(*) FROM pg_catalog.pg_stat_replication r WHERE NOT EXISTS (SELECT FROM"
            + " pg_catalog.pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_name = ANY"
            + " (?))",
        own);
  }

  private void room(List<String> errors, String what, String setting, String others, String[] own)
      throws SQLException {
    long taken = sql.number(others, (Object) own);
    long allowed = sql.number("SELECT current_setting(?)::int", setting);
    if (taken + 2 > allowed) {
      errors.add(
          "The server has "
              + taken
              + " "
              + what
              + " of others and allows "
              + allowed
              + "; the connector needs one, and one more while it takes a snapshot. ALTER SYSTEM"
              + " SET "
              + setting
              + " = "
              + (taken + 2)
              + ", and restart the server; or end what nobody uses.");
    }
  }
}
