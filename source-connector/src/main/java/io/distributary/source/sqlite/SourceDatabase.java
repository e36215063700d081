package io.distributary.source.sqlite;

import io.distributary.core.record.Position;
import io.distributary.source.capture.CaptureException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The source database with our log and triggers in it, through one connection. */
final class SourceDatabase {
  private static final Logger LOG = LoggerFactory.getLogger(SourceDatabase.class);

  /** A reading in rollback-journal mode that has more slices than this is read from a copy. */
  private static final int BUFFERED_SLICES = 10;

  private final SqliteCaptureSettings settings;
  private final TableSelection selection;
  private final SourceFile file;
  private Ownership ownership;
  private Session session;
  private volatile Installation installation;

  SourceDatabase(SqliteCaptureSettings settings) {
    this.settings = settings;
    this.selection = new TableSelection(settings.include(), settings.exclude());
    this.file = new SourceFile(settings.file());
  }

  /** What is installed; null before the first opening. */
  Installation installation() {
    return installation;
  }

  Session session() {
    return session;
  }

  /**
   * Opens the file, or opens it again when another one has taken its name.
   *
   * @return whether it was opened
   */
  boolean ensureOpen() throws SQLException, IOException {
    if (session != null && !file.replaced()) {
      return false;
    }
    if (session != null) {
      LOG.warn("The file {} was replaced by another one: opening that", file.path());
      close();
    }
    file.opening();
    // Before anything is installed: what another connector needs must not be taken from it.
    ownership = Ownership.take(file.path(), settings.connector(), Ownership.PATIENCE);
    try {
      session = Session.open(file.path());
      install();
    } catch (SQLException | RuntimeException e) {
      close();
      throw e;
    }
    return true;
  }

  /**
   * Keeps other connectors off the database; to be called often.
   *
   * @throws CaptureException when another one has taken it over
   */
  void defend() throws SQLException {
    if (ownership != null) {
      ownership.defend();
    }
  }

  private void install() throws SQLException {
    installation = Installation.install(session, selection, settings.database(), installation);
  }

  /** Changes whenever another connection commits. */
  long dataVersion() throws SQLException {
    return session.number("PRAGMA data_version");
  }

  /** Where a capture without a bookmark begins: here and now. */
  Bookmark firstBookmark() throws SQLException {
    long lsn = installation.lastVersion();
    SortedSet<String> ready =
        settings.snapshots() == SnapshotMode.NEVER
            ? new TreeSet<>(installation.tables().keySet())
            : new TreeSet<>();
    return new Bookmark(new Position(installation.epoch(), lsn), Log.nonce(session, lsn), ready);
  }

  /** A view of the source and whether it continues what was read so far. */
  record Found(Reading reading, Bookmark from) {}

  /**
   * Opens a view and plans what to read of it. Installs anew where the schema changed, and begins a
   * new epoch where the bookmark's history is not this one's.
   */
  Found read(Bookmark bookmark) throws SQLException, IOException {
    try {
      return found(bookmark);
    } catch (SQLException | IOException | RuntimeException e) {
      session.rollback();
      throw e;
    }
  }

  private Found found(Bookmark bookmark) throws SQLException, IOException {
    Bookmark from = bookmark;
    while (true) {
      ReadView view = ReadView.live(session);
      if (schemaVersion() != installation.schemaVersion()) {
        view.close();
        install();
      } else if (!continues(from)) {
        view.close();
        from = newHistory(from);
      } else {
        Reading reading = plan(view, from);
        if (reading != null) {
          return new Found(reading, from);
        }
      }
    }
  }

  /** Plans what to read; null when the view was outdated before it was complete. */
  private Reading plan(ReadView view, Bookmark from) throws SQLException, IOException {
    boolean wal = isWal();
    Reading reading = reading(view, from);
    if (wal || (!reading.isLong(BUFFERED_SLICES) && reading.buffer(BUFFERED_SLICES))) {
      return reading;
    }
    // A reader blocks writers in this journal mode: what takes long is read from a copy.
    reading.close();
    ReadView copy = ReadView.copy(file.path(), settings.copyDirectory());
    // The copy's own version differs, so the original must not have changed until after it.
    if (schemaVersion() != installation.schemaVersion()) {
      copy.close();
      return null;
    }
    return reading(copy, from);
  }

  private Reading reading(ReadView view, Bookmark from) throws SQLException {
    try {
      return new Reading(view, installation.tables(), from, settings);
    } catch (SQLException | RuntimeException e) {
      view.close();
      throw e;
    }
  }

  private long schemaVersion() throws SQLException {
    return session.number("PRAGMA main.schema_version");
  }

  private boolean isWal() throws SQLException {
    return "wal".equalsIgnoreCase(session.text("PRAGMA main.journal_mode"));
  }

  /** Whether the log that is there is the one that was read up to the bookmark. */
  private boolean continues(Bookmark bookmark) throws SQLException {
    return bookmark.position().epoch().equals(installation.epoch())
        && bookmark.nonce().equals(Log.nonce(session, bookmark.position().lsn()));
  }

  private Bookmark newHistory(Bookmark lost) throws SQLException {
    String what =
        "The log of "
            + file.path()
            + " is not the one that was read up to "
            + lost.position()
            + ": the database was restored from a copy, or the log was deleted. ";
    if (settings.snapshots() == SnapshotMode.NEVER) {
      throw new CaptureException(
          what
              + "Changes may be missing, and snapshot=never forbids to read the tables anew. Set"
              + " snapshot=when_needed, or reset the connector's offsets to go on from here.");
    }
    session.write(() -> Log.newEpoch(session));
    installation =
        new Installation(
            installation.schemaVersion(),
            Log.epoch(session),
            Log.lastVersion(session),
            installation.tables());
    Bookmark begun = firstBookmark();
    LOG.warn("{}A new epoch begins at {}, with snapshots of all tables.", what, begun.position());
    return begun;
  }

  void close() throws SQLException {
    Session closing = session;
    Ownership ending = ownership;
    session = null;
    ownership = null;
    try {
      if (closing != null) {
        closing.close();
      }
    } finally {
      if (ending != null) {
        end(ending);
      }
    }
  }

  /** A journal of the old file would bear the name of the new one's: nothing is written to it. */
  private void end(Ownership ending) throws SQLException {
    boolean ours;
    try {
      ours = !file.replaced();
    } catch (IOException gone) {
      ours = false;
    }
    if (ours) {
      ending.close();
    } else {
      ending.abandon();
    }
  }
}
