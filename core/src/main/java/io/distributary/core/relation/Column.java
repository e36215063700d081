package io.distributary.core.relation;

import java.util.Objects;
import org.apache.kafka.connect.data.Schema;

/**
 * A column of a table.
 *
 * @param name the name as the database spells it
 * @param schema the Connect schema of its values, always optional; null where a record came without
 *     schemas
 * @param declaredType the type as declared in the source's DDL, for example {@code NVARCHAR(160)};
 *     null where it is not known, empty where none was declared
 */
public record Column(String name, Schema schema, String declaredType) {

  /** Checks that the column has a name. */
  public Column {
    Objects.requireNonNull(name, "name");
  }
}
