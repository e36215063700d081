package io.distributary.sink.read;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Column;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;

/** Reads one row of a batch: what happened to it, and its images. */
final class BatchRow {
  private final Irregulars irregulars;
  private final Get op;
  private final Get before;
  private final Get after;
  private final Get irregular;

  /**
   * A reader of rows.
   *
   * @param row their schema; null for maps
   */
  BatchRow(Schema row) {
    this(row, name -> Get.field(row, name));
  }

  private BatchRow(Schema row, Function<String, Get> field) {
    irregulars = new Irregulars(Get.schema(row, "irregular"));
    op = field.apply("op");
    before = field.apply("before");
    after = field.apply("after");
    irregular = field.apply("irregular");
  }

  /** A reader of rows of that schema that come as arrays of their fields' values. */
  static BatchRow ofArrays(Schema row) {
    return new BatchRow(row, name -> Get.item(row, name));
  }

  /** The image that says which columns the row has. */
  Object image(Object row) {
    Object is = after.from(row);
    return is != null ? is : before.from(row);
  }

  /** The change, its images in that shape. */
  Change change(Object row, Rows shape, List<Column> columns) {
    Object[] was = shape.values(before.from(row));
    Object[] is = shape.values(after.from(row));
    Object beside = irregular.from(row);
    if (beside != null) {
      irregulars.restore(beside, is != null ? is : was, columns);
    }
    return new Change(Op.of((String) op.from(row)), was, is);
  }
}
