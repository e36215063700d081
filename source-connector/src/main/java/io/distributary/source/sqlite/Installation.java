package io.distributary.source.sqlite;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.Table;
import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands in the source database after the log and the triggers were installed.
 *
 * @param schemaVersion the schema's version right after
 * @param epoch the history's epoch
 * @param lastVersion the log's highest version right after
 * @param tables the captured tables by name
 */
record Installation(
    long schemaVersion, String epoch, long lastVersion, Map<String, CapturedTable> tables) {
  private static final Logger LOG = LoggerFactory.getLogger(Installation.class);

  /**
   * Brings log and triggers up to date, in one write transaction. A table whose triggers were not
   * exactly there, or whose shape changed, is marked in the log: what happened to it before that
   * row may be missing.
   *
   * @param previous what was installed before, whose {@link Table}s are kept where they still fit;
   *     null at first
   * @throws CaptureException when a table that was asked for by name cannot be captured
   */
  static Installation install(
      Session session, TableSelection selection, String database, Installation previous)
      throws SQLException {
    Installer installer = new Installer(session, selection, database, previous);
    session.write(installer::run);
    return installer.result;
  }

  /** One run of the installation. */
  private static final class Installer {
    private final Session session;
    private final TableSelection selection;
    private final String database;
    private final Installation previous;
    private final SqliteCatalogue catalogue;
    private final Map<String, CapturedTable> tables = new LinkedHashMap<>();
    private Installation result;

    Installer(Session session, TableSelection selection, String database, Installation previous) {
      this.session = session;
      this.selection = selection;
      this.database = database;
      this.previous = previous;
      this.catalogue = new SqliteCatalogue(session.connection());
    }

    void run() throws SQLException {
      Log.create(session);
      String epoch = Log.epoch(session);
      if (epoch == null || Log.lastVersion(session) == 0) {
        epoch = Log.newEpoch(session);
      }
      boolean rowidsMayHaveMoved =
          catalogue.schemaVersion()
              != session.number("SELECT value FROM " + Log.META + " WHERE name = 'schema_version'");
      select();
      Log.widen(session, tables.values().stream().mapToInt(t -> t.key().size()).max().orElse(1));
      forgetOthers();
      for (CapturedTable table : tables.values()) {
        install(table, rowidsMayHaveMoved);
      }
      long schemaVersion = catalogue.schemaVersion();
      Log.remember(session, "schema_version", schemaVersion);
      result = new Installation(schemaVersion, epoch, Log.lastVersion(session), Map.copyOf(tables));
    }

    private void select() throws SQLException {
      TableSelection.Selected selected = selection.from(catalogue.names());
      if (!selected.refused().isEmpty()) {
        throw new CaptureException("table.include.list: " + String.join("; ", selected.refused()));
      }
      if (previous == null) {
        selected.skipped().forEach(skipped -> LOG.warn("Not captured: {}", skipped));
        selected.absent().forEach(name -> LOG.warn("Table {} does not exist (yet)", name));
      }
      for (String name : selected.tables()) {
        CapturedTable known = previous == null ? null : previous.tables.get(name);
        SqliteTable definition = catalogue.table(name);
        tables.put(
            name, CapturedTable.of(definition, database, known == null ? null : known.table()));
      }
    }

    /** Removes what belongs to tables that are no longer there or no longer captured. */
    private void forgetOthers() throws SQLException {
      Set<String> expected = new TreeSet<>();
      tables.values().forEach(table -> expected.addAll(Triggers.of(table).keySet()));
      for (String[] trigger : Triggers.present(session)) {
        if (!expected.contains(trigger[0]) && !trigger[1].equals(Log.SIGNAL)) {
          session.execute("DROP TRIGGER " + Names.quoted(trigger[0]));
        }
      }
      for (String name : shapes().keySet()) {
        if (!tables.containsKey(name)) {
          LOG.info("Table {} is not captured any more: it is gone or not selected", name);
          session.execute("DELETE FROM " + Log.TABLES + " WHERE name = ?", name);
        }
      }
    }

    private Map<String, String> shapes() throws SQLException {
      Map<String, String> shapes = new HashMap<>();
      try (var query = session.prepare("SELECT name, shape FROM " + Log.TABLES);
          var rows = query.executeQuery()) {
        while (rows.next()) {
          shapes.put(rows.getString(1), rows.getString(2));
        }
      }
      return shapes;
    }

    private void install(CapturedTable table, boolean rowidsMayHaveMoved) throws SQLException {
      SqliteTable definition = table.definition();
      String shape = shapes().get(table.name());
      List<String> reasons = new ArrayList<>();
      if (shape == null) {
        reasons.add("it is new");
      } else if (!Shape.covers(shape, definition)) {
        reasons.add("its columns changed");
      } else if (table.keyedByRowid() && rowidsMayHaveMoved) {
        reasons.add("it has no primary key, and the schema changed or VACUUM may have moved rows");
      }
      if (replaceTriggers(table) && reasons.isEmpty()) {
        reasons.add("its triggers were not as they must be");
      }
      if (!reasons.isEmpty()) {
        LOG.info("Table {} begins anew: {}", table.name(), reasons.get(0));
        Log.mark(session, table.name(), "i");
      }
      String now = Shape.of(definition);
      if (!now.equals(shape)) {
        session.execute(
            "INSERT OR REPLACE INTO " + Log.TABLES + "(name, shape) VALUES (?, ?)",
            table.name(),
            now);
      }
    }

    /** Makes the triggers that are missing or other than expected; tells whether any was. */
    private boolean replaceTriggers(CapturedTable table) throws SQLException {
      Map<String, String> present = new HashMap<>();
      table.definition().triggers().forEach(t -> present.put(t.name(), t.sql()));
      boolean lacking = false;
      for (Map.Entry<String, String> trigger : Triggers.of(table).entrySet()) {
        String name = trigger.getKey();
        if (!trigger.getValue().equals(present.get(name))) {
          // Where it stands on another table it has lost its own, as that one was renamed.
          session.execute("DROP TRIGGER IF EXISTS " + Names.quoted(name));
          session.execute(trigger.getValue());
          lacking = true;
        }
      }
      return lacking;
    }
  }
}
