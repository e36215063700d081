package io.distributary.source.postgres.trigger;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * One consistent view of the source, and what it sees beyond a bookmark.
 *
 * @param horizon which transactions it sees
 * @param epoch the epoch that the database says it has; null where it says none
 * @param marked whether the bookmark's mark is in the log
 * @param dirty what was logged
 * @param asked the tables of which snapshots were asked for
 */
record View(Horizon horizon, String epoch, boolean marked, List<Dirty> dirty, List<String> asked) {

  /** Opens the view, on a session that has none open. */
  static View open(Session reader, Log log, Bookmark from) throws SQLException {
    View view =
        reader.first(
            "SELECT pg_current_snapshot(), (SELECT value FROM "
                + log.sql(Log.META)
                + " WHERE name = 'epoch'), "
                + log.marked(from.mark()),
            row ->
                new View(
                    Horizon.parse(row.getString(1)),
                    row.getString(2),
                    row.getBoolean(3),
                    List.of(),
                    List.of()),
            from.mark().nonce());
    return view.continues(from)
        ? new View(
            view.horizon,
            view.epoch,
            true,
            Dirty.since(from.horizon(), reader, log),
            asked(reader, log, from.horizon()))
        : view;
  }

  private static List<String> asked(Session reader, Log log, Horizon since) throws SQLException {
    return reader.rows(
        "SELECT action, table_name FROM " + log.sql(Log.SIGNAL) + " WHERE " + since.unseen("xid"),
        row -> {
          String action = row.getString(1);
          boolean known = action != null && action.toLowerCase(Locale.ROOT).equals("snapshot");
          return known && row.getString(2) != null ? row.getString(2) : UNKNOWN;
        });
  }

  /** Stands for a request that nobody understands. */
  static final String UNKNOWN = "";

  /** Whether the log is the one that was read up to the bookmark. */
  boolean continues(Bookmark from) {
    return marked && from.epoch().equals(epoch);
  }

  /** Whether there is anything beyond the bookmark. */
  boolean isEmpty() {
    return dirty.isEmpty() && asked.isEmpty();
  }
}
