package io.distributary.sink.write;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.SqliteCatalogue;
import io.distributary.core.relation.SqliteTable;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.SqliteTypes.Affinity;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Temporary tables that a snapshot's rows are put in, which refuse what the relation would. */
final class SqliteStages {
  private static final String PREFIX = "distributary_stage_";

  private final Connection connection;
  private final SqliteCatalogue catalogue;
  private int made;

  SqliteStages(Connection connection, SqliteCatalogue catalogue) {
    this.connection = connection;
    this.catalogue = catalogue;
  }

  /**
   * Makes a table for the plan's columns and key.
   *
   * @return its name, as an identifier
   */
  String create(Plan plan) throws SQLException {
    String name = Names.quoted(PREFIX + made++);
    String stage = "temp." + name;
    SqliteTable table = catalogue.table(plan.relation().name());
    if (plan.covers() && plan.marker() == null && table.foreignKeys().isEmpty()) {
      // Its own definition refuses each row that the relation would.
      execute("CREATE TEMP TABLE " + name + SqliteReplacement.body(table));
      return stage;
    }
    List<String> columns = new ArrayList<>();
    for (Plan.Place place : plan.columns()) {
      RelationColumn column = place.target();
      columns.add(
          Names.quoted(column.name())
              + " "
              + type(SqliteTypes.affinity(column.type()))
              + " COLLATE "
              + column.collation());
    }
    columns.add(
        "UNIQUE ("
            + plan.keyNames().stream().map(Names::quoted).collect(Collectors.joining(", "))
            + ")");
    execute("CREATE TABLE " + stage + " (" + String.join(", ", columns) + ")");
    return stage;
  }

  /** The name of an affinity is a type of that affinity, but for BLOB, whose type is none. */
  private static String type(Affinity affinity) {
    return affinity == Affinity.BLOB ? "" : affinity.name();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
