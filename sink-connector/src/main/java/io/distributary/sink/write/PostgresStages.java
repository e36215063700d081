package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Temporary tables that a snapshot's rows are put in, which refuse what the relation would. */
final class PostgresStages {
  static final String PREFIX = "distributary_stage_";

  private final Connection connection;
  private int made;

  PostgresStages(Connection connection) {
    this.connection = connection;
  }

  /**
   * Makes a table for the plan's columns and key.
   *
   * @return its name, as an identifier
   */
  String create(Plan plan) throws SQLException {
    String stage = PREFIX + made++;
    String table = plan.relation().identifier();
    if (plan.covers() && plan.marker() == null) {
      // Its own constraints refuse each row that the relation would.
      execute(
          "CREATE TEMPORARY TABLE "
              + stage
              + " (LIKE "
              + table
              + " INCLUDING CONSTRAINTS INCLUDING GENERATED)");
      return stage;
    }
    List<String> names =
        plan.columns().stream()
            .map(place -> PostgresNames.identifier(place.target().name()))
            .toList();
    execute(
        "CREATE TEMPORARY TABLE "
            + stage
            + " AS SELECT "
            + String.join(", ", names)
            + " FROM "
            + table
            + " WITH NO DATA");
    for (Plan.Place place : plan.columns()) {
      if (!place.target().nullable()) {
        String name = PostgresNames.identifier(place.target().name());
        execute("ALTER TABLE " + stage + " ALTER COLUMN " + name + " SET NOT NULL");
      }
    }
    return stage;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
