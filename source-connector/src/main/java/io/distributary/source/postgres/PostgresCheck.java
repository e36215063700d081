package io.distributary.source.postgres;

import io.distributary.source.capture.CaptureException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * What a look at a database tells, before anything is changed in it.
 *
 * @param serverErrors why the server, or the user on it, cannot be used; empty if they can
 * @param slotErrors why the replication slot cannot be; empty if it can
 * @param publicationErrors why the publication cannot be; empty if it can
 * @param tableErrors why the selected tables cannot be captured; empty if they can
 * @param debeziumErrors why Debezium's settings cannot be used, by their keys; empty if they can
 * @param tables the tables that would be captured, with their schemas
 */
public record PostgresCheck(
    List<String> serverErrors,
    List<String> slotErrors,
    List<String> publicationErrors,
    List<String> tableErrors,
    SortedMap<String, String> debeziumErrors,
    List<String> tables) {

  /** Looks at the database that the settings name. Never throws, never writes. */
  static PostgresCheck of(PostgresCaptureSettings settings) {
    PostgresCheck check =
        new PostgresCheck(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            DebeziumSettings.errors(settings),
            new ArrayList<>());
    if (!check.debeziumErrors.isEmpty()) {
      return check;
    }
    try (Sql sql = Sql.open(settings)) {
      check.look(sql, settings);
    } catch (SQLException e) {
      check.serverErrors.add(
          "The database " + settings.server() + " cannot be read: " + e.getMessage());
    }
    return check;
  }

  private void look(Sql sql, PostgresCaptureSettings settings) throws SQLException {
    serverErrors.addAll(new ServerCheck(sql, settings).errors());
    if (!serverErrors.isEmpty()) {
      return;
    }
    Slot.State slot = new Slot(sql, settings).state();
    if (slot != null && slot.fault() != null) {
      slotErrors.add(new Slot(sql, settings).refusal(slot));
    }
    try {
      Catalogue.Selected selected =
          new Catalogue(sql, new TableSelection(settings.tables())).select();
      tableErrors.addAll(selected.refused());
      selected.absent().forEach(name -> tableErrors.add("There is no table " + name));
      selected.tables().forEach(table -> tables.add(table.toString()));
      debeziumErrors.putAll(DebeziumSettings.errors(settings, selected.tables()));
      publicationErrors.addAll(
          new Publication(sql, settings.names().publication()).check(selected.published()));
    } catch (CaptureException e) {
      tableErrors.add(e.getMessage());
    }
  }
}
