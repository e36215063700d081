package io.distributary.sink.read;

import io.distributary.core.claim.Origin;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.record.Change;
import io.distributary.core.relation.Table;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/**
 * Reads the rows of claims: the same rows as batches hold, but each chunk says itself which table
 * and key they belong to.
 *
 * <p>Not safe for use by several threads.
 */
public final class ClaimedRows {
  private static final int KEPT = 1000;

  private record Shape(BatchRow row, Rows images) {}

  private final Tables tables = new Tables();
  private final Map<Schema, Shape> shapes = new HashMap<>();
  private Schema schema;
  private Shape shape;

  /**
   * The rows to come are of that schema and origin.
   *
   * @return their table; the same instance for the same shape
   * @throws DataException when these are no rows of a table: the claim stands for something else
   */
  public Table table(Schema rows, Origin origin) {
    if (rows != schema) {
      if (rows == null || rows.field("after") == null || origin.table() == null) {
        throw new DataException(
            "The claim's rows are none of a table: it stands for a whole record of another"
                + " connector. Put the ClaimCheckRedeem transform before this sink.");
      }
      if (shapes.size() > KEPT) {
        shapes.clear();
      }
      // Equal schemas share a reader: each claim brings an instance of its own.
      shape = shapes.computeIfAbsent(rows, ClaimedRows::shape);
      schema = rows;
    }
    return tables.table(origin.table(), shape.images, origin.key());
  }

  private static Shape shape(Schema rows) {
    return new Shape(BatchRow.ofArrays(rows), new ArrayRows(rows.field("after").schema()));
  }

  /**
   * The change that a row of the schema says.
   *
   * @param row read as {@link RowForm#ARRAYS}; stays as it is
   */
  public Change change(Object[] row) {
    return shape.row.change(row, shape.images, shape.images.columns());
  }
}
