package io.distributary.source.sqlite;

import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.source.capture.CaptureException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a look at a database tells, before anything is changed in it.
 *
 * @param fileErrors why the file cannot be used; empty if it can
 * @param tableErrors why the selected tables cannot be captured; empty if they can
 * @param warnings what the user may want to know
 * @param tables the tables that would be captured
 * @param absent the names that were asked for and no table has
 */
public record SqliteCheck(
    List<String> fileErrors,
    List<String> tableErrors,
    List<String> warnings,
    List<String> tables,
    List<String> absent) {

  /** Looks at the database that the settings name. Never throws, never writes. */
  static SqliteCheck of(SqliteCaptureSettings settings) {
    SqliteCheck check =
        new SqliteCheck(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    Path file = settings.file();
    if (!Files.isRegularFile(file)) {
      check.fileErrors.add(
          "There is no file "
              + file
              + ". The source database is never created: name one that exists.");
    } else if (!Files.isWritable(file)) {
      check.fileErrors.add(
          "The file " + file + " cannot be written: the capture keeps its log in the database.");
    } else {
      check.look(settings);
    }
    return check;
  }

  private void look(SqliteCaptureSettings settings) {
    TableSelection selection;
    try {
      selection = new TableSelection(settings.include(), settings.exclude());
    } catch (CaptureException e) {
      tableErrors.add(e.getMessage());
      return;
    }
    try (Session session = Session.open(settings.file())) {
      SqliteCatalogue catalogue = new SqliteCatalogue(session.connection());
      TableSelection.Selected selected = selection.from(catalogue.names());
      tables.addAll(selected.tables());
      tableErrors.addAll(selected.refused());
      selected.skipped().forEach(table -> warnings.add("Not captured: " + table));
      absent.addAll(selected.absent());
      selected.absent().forEach(table -> warnings.add("Table " + table + " does not exist (yet)"));
      for (String table : selected.tables()) {
        try {
          CapturedTable.of(catalogue.table(table), settings.database(), null);
        } catch (CaptureException e) {
          tableErrors.add(e.getMessage());
        }
      }
      if (tables.isEmpty() && tableErrors.isEmpty()) {
        warnings.add("No table is selected (yet)");
      }
    } catch (SQLException e) {
      if (!Session.isBusy(e)) {
        fileErrors.add("The file " + settings.file() + " cannot be read: " + e.getMessage());
      }
    }
  }
}
