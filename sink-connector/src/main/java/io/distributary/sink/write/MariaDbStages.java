package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Temporary tables that rows are put in first, which refuse what the relation would. */
final class MariaDbStages {
  private static final String PREFIX = "distributary_stage_";

  private final Connection connection;
  private final MariaDbCatalogue catalogue;
  private int made;

  MariaDbStages(Connection connection, MariaDbCatalogue catalogue) {
    this.connection = connection;
    this.catalogue = catalogue;
  }

  /**
   * Makes a table for the plan's columns and key.
   *
   * @return its name, as an identifier
   */
  String create(Plan plan) throws SQLException {
    String stage = MariaDbCatalogue.quoted(PREFIX + made++);
    String name = plan.relation().name();
    String create = "CREATE TEMPORARY TABLE " + stage;
    if (plan.covers() && plan.marker() == null && catalogue.isPlain(name)) {
      execute(create + " LIKE " + MariaDbCatalogue.quoted(name));
      return stage;
    }
    List<String> parts = new ArrayList<>();
    for (Plan.Place place : plan.columns()) {
      parts.add(definition(place.target()));
    }
    parts.add(
        "UNIQUE ("
            + plan.keyNames().stream()
                .map(MariaDbCatalogue::quoted)
                .collect(Collectors.joining(", "))
            + ")");
    execute(create + " (" + String.join(", ", parts) + ")");
    return stage;
  }

  private static String definition(RelationColumn column) {
    String collation = column.collation().isEmpty() ? "" : " COLLATE " + column.collation();
    String charset =
        collation.isEmpty() ? "" : " CHARACTER SET " + column.collation().replaceFirst("_.*", "");
    return MariaDbCatalogue.quoted(column.name())
        + " "
        + column.type()
        + charset
        + collation
        + (column.nullable() ? " NULL" : " NOT NULL");
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
