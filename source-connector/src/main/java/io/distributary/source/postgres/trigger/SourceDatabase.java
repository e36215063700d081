package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.postgres.SnapshotMode;
import java.sql.SQLException;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The source database with our log and triggers in it, through two connections: one that writes and
 * looks, and one that reads what a view holds.
 */
final class SourceDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(SourceDatabase.class);

  /** Few keys of a large table are looked up, never found by reading all of it. */
  private static final String BY_INDEX =
      "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off";

  private final TriggerCaptureSettings settings;
  private final Ownership ownership;
  private Session control;
  private Session reader;
  private Log log;
  private volatile Installation installation;

  SourceDatabase(TriggerCaptureSettings settings) {
    this.settings = settings;
    this.ownership = new Ownership(settings.connector(), settings.schema());
  }

  /** What is installed; null before the first opening. */
  Installation installation() {
    return installation;
  }

  /** The log; null while not connected. */
  Log log() {
    return log;
  }

  boolean isOpen() throws SQLException {
    return control != null && control.isOpen() && reader != null && reader.isOpen();
  }

  /**
   * Connects, if that is to be done.
   *
   * @return whether it was
   */
  boolean ensureOpen() throws SQLException {
    if (isOpen()) {
      return false;
    }
    disconnect();
    try {
      control = Session.control(settings.server(), settings.connector());
      requireUsable();
      control.execute("SET enable_seqscan = off");
      log = new Log(control, settings.schema());
      // Before anything is installed: what another connector needs must not be taken from it.
      take();
      reader = Session.reader(settings.server(), settings.connector());
      reader.execute(BY_INDEX);
      reader.connection().commit();
      install();
    } catch (SQLException | RuntimeException e) {
      disconnect();
      throw e;
    }
    return true;
  }

  private void take() throws SQLException {
    try {
      ownership.take(control, log);
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        String role = Names.quoted(control.text("SELECT current_user"));
        throw Installer.lacksRight(e, settings.schema(), role);
      }
      throw e;
    }
  }

  private void requireUsable() throws SQLException {
    String trouble = unusable(control);
    if (trouble != null) {
      throw new CaptureException(trouble);
    }
  }

  /** Why a server cannot serve a capture; null if it can. */
  static String unusable(Session session) throws SQLException {
    int version = Integer.parseInt(session.text("SHOW server_version_num"));
    if (version < 140000) {
      return "The server is PostgreSQL "
          + version / 10000
          + "; the trigger capture needs 14 or later.";
    } else if (session.holds("SELECT pg_is_in_recovery()")) {
      return "The server is a standby, on which nothing can be written: name the primary in"
          + " connection.url, for example with targetServerType=primary.";
    }
    return null;
  }

  /**
   * Keeps other tasks off the log; to be called often.
   *
   * @throws CaptureException when another one has taken it over
   */
  void defend() throws SQLException {
    if (isOpen()) {
      ownership.defend();
    }
  }

  /** Brings log and triggers up to date. */
  void install() throws SQLException {
    installation = new Installer(control, log, settings).install(installation);
  }

  /**
   * What a look at the log tells.
   *
   * @param snapshot which transactions it saw, as a text
   * @param more whether something was logged that the bookmark's view did not see
   */
  record Look(String snapshot, boolean more) {}

  Look look(Bookmark from) throws SQLException {
    return control.first(
        log.look(from.horizon()), row -> new Look(row.getString(1), row.getBoolean(2)));
  }

  /** Where a capture without a bookmark begins: here and now. */
  Bookmark firstBookmark() throws SQLException {
    SortedSet<String> ready =
        settings.snapshots().mode() == SnapshotMode.NEVER
            ? new TreeSet<>(installation.tables().keySet())
            : new TreeSet<>();
    Horizon horizon = log.horizon();
    return new Bookmark(installation.epoch(), horizon, log.mark(), ready);
  }

  /** A view of the source and whether it continues what was read so far. */
  record Found(Reading reading, Bookmark from) {}

  /**
   * Opens a view and plans what to read of it. Installs anew where the catalogue changed, and
   * begins a new epoch where the bookmark's history is not this one's.
   *
   * @return null where there is nothing to read
   */
  Found read(Bookmark bookmark) throws SQLException {
    try {
      return found(bookmark);
    } catch (SQLException | RuntimeException e) {
      endView(e);
      throw e;
    }
  }

  private void endView(Exception reason) {
    try {
      reader.endRead();
    } catch (SQLException e) {
      reason.addSuppressed(e);
    }
  }

  private Found found(Bookmark bookmark) throws SQLException {
    Bookmark from = bookmark;
    boolean renewed = false;
    while (true) {
      View view = View.open(reader, log, from);
      if (!view.continues(from)) {
        reader.endRead();
        from = newHistory(from);
        renewed = true;
      } else if (view.isEmpty() && from.ready().containsAll(installation.tables().keySet())) {
        reader.endRead();
        return renewed ? new Found(null, from) : null;
      } else {
        hold(view, from);
        if (stamp().equals(installation.stamp())) {
          return new Found(planned(view, from), from);
        }
        reader.endRead();
        install();
      }
    }
  }

  /** Everything that the view sees is durable once the mark is, and only then is it handed out. */
  private Reading planned(View view, Bookmark from) throws SQLException {
    return new Reading(
        view, log.mark(), from, reader, log, new TreeMap<>(installation.tables()), settings);
  }

  /** Keeps the tables that will be read as they are until the view ends. */
  private void hold(View view, Bookmark from) throws SQLException {
    Set<Long> dirty = view.dirty().stream().map(Dirty::table).collect(Collectors.toSet());
    String tables =
        installation.tables().values().stream()
            .filter(
                table ->
                    dirty.contains(table.oid())
                        || !from.ready().contains(table.name())
                        || !view.asked().isEmpty())
            .map(table -> table.definition().from())
            .collect(Collectors.joining(", "));
    if (!tables.isEmpty()) {
      reader.execute("LOCK TABLE " + tables + " IN ACCESS SHARE MODE");
    }
  }

  private String stamp() throws SQLException {
    return Stamp.of(
        control,
        installation.tables().values().stream().map(CapturedTable::oid).toList(),
        settings.schema());
  }

  private Bookmark newHistory(Bookmark lost) throws SQLException {
    String what =
        "The log in schema "
            + settings.schema()
            + " of "
            + settings.server()
            + " is not the one that was read up to "
            + lost.position()
            + ": the database was restored from a backup, another server took over, or the log was"
            + " deleted. ";
    if (settings.snapshots().mode() == SnapshotMode.NEVER) {
      throw new CaptureException(
          what
              + "Changes may be missing, and snapshot=never forbids to read the tables anew. Set"
              + " snapshot=when_needed, or reset the connector's offsets to go on from here.");
    }
    install();
    if (installation.epoch().equals(lost.epoch())) {
      installation = new Installation(installation.stamp(), log.newEpoch(), installation.tables());
    }
    Bookmark begun = firstBookmark();
    LOG.warn("{}A new epoch begins at {}, with snapshots of all tables.", what, begun.position());
    return begun;
  }

  /** Gives the log back and disconnects. */
  void close() throws SQLException {
    try {
      ownership.release();
    } finally {
      disconnect();
    }
  }

  /** Closes what is left of the connections. */
  void disconnect() throws SQLException {
    Session ending = control;
    Session reading = reader;
    control = null;
    reader = null;
    try {
      if (reading != null) {
        reading.close();
      }
    } finally {
      if (ending != null) {
        ending.close();
      }
    }
  }
}
