package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Upserts or deletes the rows of a unit by one statement over all of them. The rows come as one
 * array for each column, or, where they are many, by COPY into a temporary table.
 */
final class PostgresUnits implements Bulk {
  /** From here on COPY and a temporary table are faster; measured, see docs/postgresql-sink.md. */
  private static final int MANY = 8_000;

  private static final int FORMS = 32;

  private final Connection connection;
  private final String relation;
  private final List<String> names;
  private final PostgresColumn[] columns;
  private final int[] images;
  private final SetBased sql;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /** Renders the statement. */
  @FunctionalInterface
  interface SetBased {
    /**
     * The statement over rows that stand under the columns' names.
     *
     * @param source what stands in FROM, called {@code s}
     * @param values the columns' values, of the columns' types
     */
    String over(String source, List<String> values);
  }

  /**
   * A way to write units.
   *
   * @param relation the relation's identifier
   * @param names the columns' identifiers
   * @param columns how values come to them
   * @param images where images hold the values
   */
  PostgresUnits(
      Connection connection,
      String relation,
      List<String> names,
      PostgresColumn[] columns,
      int[] images,
      SetBased sql) {
    this.connection = connection;
    this.relation = relation;
    this.names = names;
    this.columns = columns;
    this.images = images;
    this.sql = sql;
  }

  @Override
  public void run(Object[][] rows, int from, int to) throws SQLException {
    if (to - from >= MANY) {
      runStaged(rows, from, to);
    } else if (from < to) {
      runArrays(rows, from, to);
    }
  }

  private void runArrays(Object[][] rows, int from, int to) throws SQLException {
    PostgresArray[] arrays = new PostgresArray[columns.length];
    boolean[] text = new boolean[columns.length];
    StringBuilder form = new StringBuilder(columns.length);
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].hasBinary()) {
        arrays[i] = PostgresArray.of(columns[i], rows, from, to, images[i]);
      }
      if (arrays[i] == null) {
        text[i] = true;
        arrays[i] = PostgresArray.text(columns[i], rows, from, to, images[i]);
      }
      form.append(text[i] ? 't' : 'b');
    }
    PreparedStatement statement = prepared(form.toString(), text);
    for (int i = 0; i < arrays.length; i++) {
      statement.setObject(i + 1, arrays[i]);
    }
    statement.executeUpdate();
  }

  private PreparedStatement prepared(String form, boolean[] text) throws SQLException {
    PreparedStatement known = statements.get(form);
    if (known != null) {
      return known;
    }
    if (statements.size() >= FORMS) {
      close();
    }
    String parameters =
        IntStream.range(0, columns.length)
            .mapToObj(i -> "?::" + (text[i] ? "text" : columns[i].parameterType()) + "[]")
            .collect(Collectors.joining(", "));
    String aliases =
        IntStream.range(0, columns.length).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    List<String> values =
        IntStream.range(0, columns.length)
            .mapToObj(i -> "s.c" + i + "::" + columns[i].cast())
            .toList();
    String source = "unnest(" + parameters + ") AS s(" + aliases + ")";
    PreparedStatement statement = connection.prepareStatement(sql.over(source, values));
    statements.put(form, statement);
    return statement;
  }

  private void runStaged(Object[][] rows, int from, int to) throws SQLException {
    String stage = PostgresStages.PREFIX + "unit";
    try (Statement statement = connection.createStatement();
        PostgresCopy copy = new PostgresCopy(connection, stage, names, columns, images, null)) {
      statement.execute(
          "CREATE TEMPORARY TABLE "
              + stage
              + " AS SELECT "
              + String.join(", ", names)
              + " FROM "
              + relation
              + " WITH NO DATA");
      copy.run(rows, from, to);
      statement.execute(
          sql.over(stage + " AS s", names.stream().map(name -> "s." + name).toList()));
      statement.execute("DROP TABLE " + stage);
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : statements.values()) {
      statement.close();
    }
    statements.clear();
  }
}
