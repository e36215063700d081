package io.distributary.sink.write;

import io.distributary.core.record.Change;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** Inserts the rows of a snapshot into a table that has the plan's columns. */
final class Inserter implements AutoCloseable {
  private final Plan plan;
  private final Bulk insert;
  private Object[][] images = {};

  Inserter(Dialect dialect, Plan plan, String table) {
    this.plan = plan;
    this.insert = dialect.inserts(plan, table);
  }

  void insert(List<Change> rows) throws SQLException {
    int count = rows.size();
    if (images.length < count) {
      images = new Object[count][];
    }
    for (int i = 0; i < count; i++) {
      images[i] = image(rows.get(i));
    }
    try {
      insert.run(images, 0, count);
    } finally {
      Arrays.fill(images, 0, count, null);
    }
  }

  private Object[] image(Change row) {
    Object[] image = row.after();
    if (image == null || MultiRow.holdsUntouched(image)) {
      throw new WriteException(
          WriteException.Kind.DATA,
          "A snapshot of table " + plan.table().id() + " holds a change that is not a whole row",
          null);
    }
    return image;
  }

  @Override
  public void close() throws SQLException {
    insert.close();
  }
}
