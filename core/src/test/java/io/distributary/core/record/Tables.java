package io.distributary.core.record;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.Table;
import io.distributary.core.relation.TableId;
import java.util.List;
import org.apache.kafka.connect.data.Schema;

/** Tables and headers that the tests of this package write records of. */
final class Tables {
  static final Provenance PROVENANCE = new Provenance("1.0", "sqlite", "shop");

  static final UnitHeader UPDATE =
      new UnitHeader(UnitKind.UPDATE, new Position("e1", 7), 1_000L, 42L);

  private Tables() {}

  /** A table {@code prices} whose first column is its key. */
  static Table prices(Column... columns) {
    return new Table(new TableId("shop.db", null, "prices"), List.of(columns), 0);
  }

  static Column column(String name, Schema schema) {
    return new Column(name, schema, null);
  }

  static RowWriter writer(Table table) {
    return new RowWriter(new TableSchemas("shop.prices", table, false), PROVENANCE);
  }
}
