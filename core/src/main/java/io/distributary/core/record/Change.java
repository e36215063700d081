package io.distributary.core.record;

/**
 * One row inserted, updated, deleted or read. Images hold one value per column of the change's
 * table, in the table's order.
 *
 * <p>A value is what the database holds, not what the column declares: a {@code Long} or {@code
 * Integer}, {@code Double}, {@code String}, {@code byte[]}, {@link RawText}, any value of the
 * column's Connect schema, {@link #UNTOUCHED}, or null. {@link RowCodec} carries what does not fit
 * the column's schema beside the row.
 *
 * <p>The arrays are not copied; who makes a change gives them away.
 *
 * @param op what happened
 * @param before the row as it was; null where that is not known. Of a deleted row at least the key
 *     columns are set
 * @param after the row as it is; null for a deleted row
 */
@SuppressWarnings("ArrayRecordComponent") // identity is never asked for, and a list costs per row
public record Change(Op op, Object[] before, Object[] after) {

  /** Stands for a value that the transaction did not touch and the log does not tell. */
  public static final Object UNTOUCHED =
      new Object() {
        @Override
        public String toString() {
          return "(untouched)";
        }
      };

  /** A row that is there now. */
  public static Change present(Op op, Object[] after) {
    return new Change(op, null, after);
  }

  /** A row that is gone; {@code before} holds at least its key. */
  public static Change deleted(Object[] before) {
    return new Change(Op.DELETE, before, null);
  }

  /** The image that says which row this is: {@code before} of a delete, else {@code after}. */
  public Object[] image() {
    return after != null ? after : before;
  }
}
