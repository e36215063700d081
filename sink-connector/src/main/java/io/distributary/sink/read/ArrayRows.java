package io.distributary.sink.read;

import io.distributary.core.relation.Column;
import java.util.List;
import org.apache.kafka.connect.data.Schema;

/** Rows as arrays of all their fields' values. */
final class ArrayRows implements Rows {
  private final Rows structs;

  /** Rows of structs with that schema. */
  ArrayRows(Schema schema) {
    structs = Rows.of(schema);
  }

  @Override
  public List<String> fields() {
    return structs.fields();
  }

  @Override
  public List<Column> columns() {
    return structs.columns();
  }

  /** A copy: what stood beside the row is put into it. */
  @Override
  public Object[] values(Object image) {
    return image == null ? null : ((Object[]) image).clone();
  }
}
