package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.postgres.PostgresTypeCatalogue;
import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings log and triggers up to date, table by table, so that no two of them are locked. */
final class Installer {
  private static final Logger LOG = LoggerFactory.getLogger(Installer.class);

  /** The catalogue may change while we look; it does not for ever. */
  private static final int TRIES = 20;

  private final Session session;
  private final Log log;
  private final TriggerCaptureSettings settings;
  private final TableSelection selection;
  private final Catalogue catalogue;
  private final PostgresTypeCatalogue types;
  private final String role;

  Installer(Session session, Log log, TriggerCaptureSettings settings) throws SQLException {
    this.session = session;
    this.log = log;
    this.settings = settings;
    this.selection = new TableSelection(settings.tables());
    this.catalogue = new Catalogue(session);
    this.types = new PostgresTypeCatalogue(session.connection());
    this.role = Names.quoted(session.text("SELECT current_user"));
  }

  /**
   * Installs what is missing. A table whose triggers were not exactly there, or whose shape
   * changed, is marked in the log: what happened to it before that row may be missing.
   *
   * @param previous what was installed before, whose {@link Table}s are kept where they still fit;
   *     null at first
   * @throws CaptureException when a table that was asked for by name cannot be captured, or a right
   *     is missing
   */
  Installation install(Installation previous) throws SQLException {
    try {
      log.create();
      String epoch = epoch();
      for (int i = 0; i < TRIES; i++) {
        Installation installed = installOnce(previous, epoch);
        if (installed != null) {
          return installed;
        }
      }
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        throw lacksRight(e, settings.schema(), role);
      }
      throw e;
    }
    throw new SQLException("The catalogue changes again and again", "55006");
  }

  /** Says what an administrator can do about a right that is missing. */
  static CaptureException lacksRight(SQLException e, String schema, String role) {
    return new CaptureException(
        "The connector's role "
            + role
            + " lacks a right to install its log and triggers: "
            + e.getMessage()
            + ". As an administrator: CREATE SCHEMA IF NOT EXISTS "
            + Names.quoted(schema)
            + "; GRANT USAGE, CREATE ON SCHEMA "
            + Names.quoted(schema)
            + " TO "
            + role
            + "; and for each table: GRANT SELECT, TRIGGER ON ... TO "
            + role
            + ". Or let a role with these rights install once, see docs/postgresql-trigger.md.",
        e);
  }

  /** The epoch of the log that is there; a new one where it came from somewhere else. */
  private String epoch() throws SQLException {
    String identity = Identity.of(session, log);
    String epoch = log.remembered("epoch");
    if (epoch == null || !identity.equals(log.remembered("identity"))) {
      epoch = log.newEpoch();
      log.remember("identity", identity);
    }
    return epoch;
  }

  /** What is installed; null where something had to be changed, so that it must be looked at. */
  private Installation installOnce(Installation previous, String epoch) throws SQLException {
    TableSelection.Selected selected = selection.from(catalogue.entries(settings.schema()), role);
    if (!selected.refused().isEmpty()) {
      throw new CaptureException("table.include.list: " + String.join("; ", selected.refused()));
    }
    if (previous == null) {
      selected.skipped().forEach(skipped -> LOG.warn("Not captured: {}", skipped));
      selected.absent().forEach(name -> LOG.warn("Table {} does not exist (yet)", name));
    }
    String stamp = stamp(selected);
    Map<String, CapturedTable> tables = tables(selected, previous);
    boolean changed = forgetOthers(tables);
    log.widen(tables.values().stream().mapToInt(t -> t.key().size()).max().orElse(1));
    for (CapturedTable table : tables.values()) {
      changed |= install(table);
    }
    return changed ? null : new Installation(stamp, epoch, tables);
  }

  private String stamp(TableSelection.Selected selected) throws SQLException {
    return Stamp.of(
        session, selected.tables().stream().map(Catalogue.Entry::oid).toList(), settings.schema());
  }

  private Map<String, CapturedTable> tables(TableSelection.Selected selected, Installation previous)
      throws SQLException {
    types.forget();
    int moneyDigits = Integer.parseInt(session.text("SELECT scale(1::money::numeric)"));
    Map<String, CapturedTable> tables = new TreeMap<>();
    List<Definition> definitions = catalogue.definitions(selected.tables());
    session.withUsersNames(
        () -> {
          for (Definition definition : definitions) {
            RowReader reader = RowReader.of(definition, types, moneyDigits);
            CapturedTable known =
                previous == null ? null : previous.tables().get(definition.name());
            if (known != null && known.table().sameShape(reader.table())) {
              reader = reader.as(known.table());
            }
            tables.put(
                definition.name(), new CapturedTable(definition, TableKey.of(definition), reader));
          }
        });
    return tables;
  }

  /** Removes what belongs to tables that are no longer there or no longer captured. */
  private boolean forgetOthers(Map<String, CapturedTable> tables) throws SQLException {
    Set<String> expected = new HashSet<>();
    for (CapturedTable table : tables.values()) {
      Triggers.of(table.definition(), table.key(), settings)
          .forEach(trigger -> expected.add(trigger.function()));
    }
    List<String> functions =
        session.rows(
            "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                + " WHERE n.nspname = ? AND p.proname ~ '^distributary_[0-9]+_'"
                + " AND pg_has_role(p.proowner, 'USAGE')",
            row -> row.getString(1),
            settings.schema());
    boolean changed = false;
    for (String function : functions) {
      if (!expected.contains(function)) {
        session.execute(
            "DROP FUNCTION IF EXISTS %s.%s() CASCADE"
                .formatted(Names.quoted(settings.schema()), Names.quoted(function)));
        changed = true;
      }
    }
    String captured = Catalogue.oids(tables.values().stream().map(CapturedTable::oid).toList());
    List<String> gone =
        session.rows(
            "DELETE FROM " + log.sql(Log.TABLES) + " WHERE NOT tab = ANY (?::oid[]) RETURNING name",
            row -> row.getString(1),
            captured);
    gone.forEach(
        name -> LOG.info("Table {} is not captured any more: it is gone or not selected", name));
    return changed;
  }

  private boolean install(CapturedTable table) throws SQLException {
    TableInstallation installation = TableInstallation.look(table, session, log, settings, role);
    if (installation.complete()) {
      return false;
    }
    session.transaction(installation::complement);
    return true;
  }
}
