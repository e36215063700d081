package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right of one task to use a slot, as an advisory lock that lives as long as our connection.
 * The slot itself only tells that it is in use, not by whom.
 *
 * <p>A task that Connect has started takes the right from what is left of another one of its
 * connector. One that only lost its connection does not: it was replaced.
 */
final class SlotOwner {
  private static final Logger LOG = LoggerFactory.getLogger(SlotOwner.class);

  private static final String KEYS = "hashtext('distributary'), hashtext(?)";

  private final Sql sql;
  private final PostgresCaptureSettings settings;

  SlotOwner(Sql sql, PostgresCaptureSettings settings) {
    this.sql = sql;
    this.settings = settings;
  }

  /** What a connector's connections call themselves on the server. */
  static String applicationName(PostgresCaptureSettings settings) {
    String name = "distributary " + settings.names().connector();
    return name.length() <= 63 ? name : name.substring(0, 63); // the server cuts it there
  }

  private record Holder(int pid, String name) {}

  /**
   * Takes the right.
   *
   * @param anew whether the task has just been started, and not only its connection
   * @throws CaptureException when another connector, or a newer task of this one, has it
   */
  void take(boolean anew) throws SQLException {
    String slot = settings.names().slot();
    long deadline = System.nanoTime() + settings.times().trouble().toNanos() / 4;
    while (!sql.yes("SELECT pg_try_advisory_lock(" + KEYS + ")", slot)) {
      Holder holder = holder(slot);
      if (holder != null) {
        boolean ours = applicationName(settings).equals(holder.name);
        if (!ours || (!anew && System.nanoTime() > deadline)) {
          throw new CaptureException(refusal(slot, holder, ours));
        } else if (anew) {
          end(slot, holder);
        }
      }
      Slot.pause();
    }
  }

  private Holder holder(String slot) throws SQLException {
    return sql.row(
        "SELECT a.pid, a.application_name FROM pg_catalog.pg_locks l JOIN"
            + " pg_catalog.pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND"
            + " l.granted AND l.objsubid = 2 AND a.datname = current_database() AND"
            + " l.classid::bigint = hashtext('distributary')::bigint & 4294967295 AND"
            + " l.objid::bigint = hashtext(?)::bigint & 4294967295",
        row -> new Holder(row.getInt(1), row.getString(2)),
        slot);
  }

  private void end(String slot, Holder holder) throws SQLException {
    LOG.warn(
        "The replication slot {} is used by what is left of a task of this connector (process {} of"
            + " the server), which is ended",
        slot,
        holder.pid);
    sql.rows(
        "SELECT pg_terminate_backend(pid) FROM (SELECT ?::int AS pid UNION ALL SELECT active_pid"
            + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ? AND active) left_over",
        row -> null,
        holder.pid,
        slot);
  }

  private static String refusal(String slot, Holder holder, boolean ours) {
    return "The replication slot "
        + slot
        + " is used by "
        + (ours ? "a newer task of this connector" : "'" + holder.name + "'")
        + " (process "
        + holder.pid
        + " of the server). A slot serves one task of one connector: give each connector its own"
        + " with slot.name, or stop the other one.";
  }
}
