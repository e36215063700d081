package io.distributary.source.postgres.trigger;

import io.distributary.core.relation.Names;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.postgres.trigger.Triggers.Trigger;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a look at a database tells, before anything is changed in it.
 *
 * @param connectionErrors why it cannot be captured at all; empty if it can
 * @param schemaErrors why the log cannot be kept where it is to be; empty if it can
 * @param tableErrors why the tables that were named cannot be; empty if they can
 * @param tables the tables that would be captured, by their qualified names
 * @param absent the names that were asked for and no table has
 */
public record TriggerCheck(
    List<String> connectionErrors,
    List<String> schemaErrors,
    List<String> tableErrors,
    List<String> tables,
    List<String> absent) {

  /** Looks at the database that the settings name. Never throws, never writes. */
  static TriggerCheck of(TriggerCaptureSettings settings) {
    TriggerCheck check =
        new TriggerCheck(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    try (Session session = Session.control(settings.server(), settings.connector())) {
      String trouble = SourceDatabase.unusable(session);
      if (trouble != null) {
        check.connectionErrors.add(trouble);
      } else {
        check.look(session, settings);
      }
    } catch (SQLException e) {
      check.connectionErrors.add(
          "The database " + settings.server() + " cannot be reached or read: " + e.getMessage());
    } catch (CaptureException e) {
      check.tableErrors.add(e.getMessage());
    }
    return check;
  }

  private void look(Session session, TriggerCaptureSettings settings) throws SQLException {
    String role = Names.quoted(session.text("SELECT current_user"));
    Catalogue catalogue = new Catalogue(session);
    TableSelection.Selected selected =
        new TableSelection(settings.tables()).from(catalogue.entries(settings.schema()), role);
    selected.tables().forEach(table -> tables.add(table.id().qualifiedName()));
    tableErrors.addAll(selected.refused());
    absent.addAll(selected.absent());
    lookAtSchema(session, settings.schema(), role);
    for (Definition table : catalogue.definitions(selected.tables())) {
      lookAtTriggers(table, session, settings, role);
    }
  }

  private void lookAtSchema(Session session, String schema, String role) throws SQLException {
    String quoted = Names.quoted(schema);
    String right =
        session.text(
            "SELECT has_schema_privilege(oid, 'USAGE') AND has_schema_privilege(oid, 'CREATE')"
                + " FROM pg_namespace WHERE nspname = ?",
            schema);
    if (right == null) {
      if (!session.holds("SELECT has_database_privilege(current_database(), 'CREATE')")) {
        schemaErrors.add(
            "There is no schema "
                + schema
                + " for the connector's log, and its role may not create one. As an administrator:"
                + " CREATE SCHEMA "
                + quoted
                + " AUTHORIZATION "
                + role);
      }
    } else if (right.equals("f") && !new Log(session, schema).present()) {
      schemaErrors.add(
          "The connector may not create its log in schema "
              + schema
              + ". As an administrator: GRANT USAGE, CREATE ON SCHEMA "
              + quoted
              + " TO "
              + role);
    }
  }

  private void lookAtTriggers(
      Definition table, Session session, TriggerCaptureSettings settings, String role)
      throws SQLException {
    List<Long> relations = table.relations().stream().map(Relation::oid).toList();
    Present present = Present.on(relations, session, settings.schema());
    TreeSet<String> refused = new TreeSet<>();
    for (Trigger trigger : Triggers.of(table, TableKey.of(table), settings)) {
      if (!trigger.relation().mayTrigger() && !present.has(trigger)) {
        refused.add(trigger.relation().sql());
      }
    }
    for (String relation : refused) {
      tableErrors.add(
          "Triggers may not be created on "
              + relation
              + ". GRANT TRIGGER ON "
              + relation
              + " TO "
              + role
              + ", or exclude the table with table.exclude.list");
    }
  }
}
