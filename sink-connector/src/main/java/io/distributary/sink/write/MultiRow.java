package io.distributary.sink.write;

import io.distributary.core.record.Change;
import io.distributary.core.record.RawText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs one kind of statement over any number of images, many per execution. The statements are
 * prepared once each: for a full set of rows, for a few, and for one.
 */
final class MultiRow implements Bulk {
  /** Measured: 64 rows per statement cost 8 % less per row than 32, and 128 no less than 64. */
  private static final int[] MANY = {64, 8, 1};

  private static final int[] ONE = {1};

  private static final int RAW_FORMS = 32;

  private final Dialect dialect;
  private final Connection connection;
  private final Sql.Rows sql;
  private final int[] images;
  private final Binder[] binders;
  private final int maxParameters;
  private final int[] sizes;
  private final PreparedStatement[] prepared;
  private final Map<String, PreparedStatement> rawForms = new HashMap<>();

  MultiRow(Dialect dialect, Sql.Rows sql, List<Plan.Place> places) {
    this(dialect, sql, places, MANY);
  }

  private MultiRow(Dialect dialect, Sql.Rows sql, List<Plan.Place> places, int[] sizes) {
    this.dialect = dialect;
    this.connection = dialect.connection();
    this.sql = sql;
    this.images = places.stream().mapToInt(Plan.Place::image).toArray();
    this.binders = places.stream().map(Plan.Place::binder).toArray(Binder[]::new);
    this.maxParameters = dialect.maxParameters();
    this.sizes = sizes;
    this.prepared = new PreparedStatement[sizes.length];
  }

  /** A statement that takes one row per execution. */
  static MultiRow single(Dialect dialect, Sql.Rows sql, List<Plan.Place> places) {
    return new MultiRow(dialect, sql, places, ONE);
  }

  @Override
  public void run(Object[][] rows, int from, int to) throws SQLException {
    int start = from;
    for (int i = from; i < to; i++) {
      if (holdsRawText(rows[i])) {
        runRegular(rows, start, i);
        runRaw(rows[i]);
        start = i + 1;
      }
    }
    runRegular(rows, start, to);
  }

  /**
   * Runs the statement over one image.
   *
   * @return how many rows it touched
   */
  int run(Object[] row) throws SQLException {
    if (holdsRawText(row)) {
      return runRaw(row);
    }
    fits(new Object[][] {row}, 0, 1);
    PreparedStatement statement = prepared(sizes.length - 1);
    bind(statement, row, 0);
    return statement.executeUpdate();
  }

  private void runRegular(Object[][] rows, int from, int to) throws SQLException {
    int at = from;
    for (int size = 0; size < sizes.length; size++) {
      int count = sizes[size];
      if (count > 1 && count * binders.length > maxParameters) {
        continue;
      }
      while (to - at >= count && fits(rows, at, count)) {
        PreparedStatement statement = prepared(size);
        int parameter = 0;
        for (int end = at + count; at < end; at++) {
          parameter = bind(statement, rows[at], parameter);
        }
        statement.executeUpdate();
      }
    }
  }

  /** Whether one statement can hold the rows; where one row alone is too much, it is refused. */
  private boolean fits(Object[][] rows, int from, int count) {
    String excess = dialect.excess(rows, from, from + count, images);
    if (excess != null && count == 1) {
      throw new WriteException(WriteException.Kind.DATA, "A row " + excess, null);
    }
    return excess == null;
  }

  private int bind(PreparedStatement statement, Object[] row, int parameter) throws SQLException {
    int at = parameter;
    for (int i = 0; i < binders.length; i++) {
      binders[i].bind(statement, ++at, row[images[i]]);
    }
    return at;
  }

  private PreparedStatement prepared(int size) throws SQLException {
    if (prepared[size] == null) {
      prepared[size] = connection.prepareStatement(sql.over(sizes[size], null));
    }
    return prepared[size];
  }

  private boolean holdsRawText(Object[] row) {
    for (int image : images) {
      if (row[image] instanceof RawText) {
        return true;
      }
    }
    return false;
  }

  private int runRaw(Object[] row) throws SQLException {
    boolean[] raw = new boolean[images.length];
    StringBuilder form = new StringBuilder(raw.length);
    for (int i = 0; i < raw.length; i++) {
      raw[i] = row[images[i]] instanceof RawText;
      form.append(raw[i] ? 'r' : '?');
    }
    PreparedStatement statement = rawForms.get(form.toString());
    if (statement == null) {
      if (rawForms.size() >= RAW_FORMS) {
        closeRawForms();
      }
      statement = connection.prepareStatement(sql.over(1, raw));
      rawForms.put(form.toString(), statement);
    }
    bind(statement, row, 0);
    return statement.executeUpdate();
  }

  /** Whether an image leaves a column alone. */
  static boolean holdsUntouched(Object[] row) {
    for (Object value : row) {
      if (value == Change.UNTOUCHED) {
        return true;
      }
    }
    return false;
  }

  private void closeRawForms() throws SQLException {
    for (PreparedStatement statement : rawForms.values()) {
      statement.close();
    }
    rawForms.clear();
  }

  @Override
  public void close() throws SQLException {
    closeRawForms();
    for (PreparedStatement statement : prepared) {
      if (statement != null) {
        statement.close();
      }
    }
  }
}
