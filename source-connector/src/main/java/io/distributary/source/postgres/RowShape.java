package io.distributary.source.postgres;

import io.distributary.core.relation.Table;
import org.apache.kafka.connect.data.Struct;

/** How Debezium's rows of one table and one schema become images. Not for several threads. */
interface RowShape {

  /** The table that the images belong to; always the same instance. */
  Table table();

  /**
   * The row as an image: one value per column of the table, {@link
   * io.distributary.core.record.Change#UNTOUCHED} where the server did not log it.
   *
   * @param row a row of the schema that the shape was made for; null for none
   * @return null for null
   */
  Object[] image(Struct row);
}
