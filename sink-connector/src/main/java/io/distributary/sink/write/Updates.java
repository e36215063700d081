package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes images that leave columns alone: of rows that are there, the other columns. */
final class Updates implements AutoCloseable {
  /** How many choices of columns have a prepared statement at a time. */
  private static final int FORMS = 32;

  private final Dialect dialect;
  private final Sql sql;
  private final Plan plan;
  private final Map<String, MultiRow> forms = new HashMap<>();

  Updates(Dialect dialect, Plan plan) {
    this.dialect = dialect;
    this.sql = new Sql(dialect);
    this.plan = plan;
  }

  /**
   * Writes the columns that a change touched.
   *
   * @throws WriteException with {@link WriteException.Kind#DATA} where there is no such row
   */
  void run(Object[] image) throws SQLException {
    if (form(image).run(image) == 0) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "A change of table "
              + plan.table().id()
              + " leaves columns alone, but relation "
              + plan.relation().name()
              + " has no row of its key ("
              + String.join(", ", plan.keyNames())
              + "). A snapshot of the table will repair it",
          null);
    }
  }

  private MultiRow form(Object[] image) throws SQLException {
    List<Plan.Place> touched = new ArrayList<>();
    StringBuilder form = new StringBuilder();
    for (Plan.Place place : plan.columns()) {
      boolean set = image[place.image()] != Change.UNTOUCHED;
      form.append(set ? '1' : '0');
      if (set) {
        touched.add(place);
      }
    }
    if (forms.size() >= FORMS && !forms.containsKey(form.toString())) {
      close();
    }
    List<Plan.Place> places = new ArrayList<>(touched);
    places.addAll(plan.key());
    return forms.computeIfAbsent(
        form.toString(), any -> MultiRow.single(dialect, sql.update(plan, touched), places));
  }

  @Override
  public void close() throws SQLException {
    for (MultiRow form : forms.values()) {
      form.close();
    }
    forms.clear();
  }
}
