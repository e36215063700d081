package io.distributary.source.postgres;

import io.distributary.core.record.Change;
import io.distributary.core.relation.postgres.PostgresType;
import io.distributary.core.relation.postgres.TimeLiterals;
import io.distributary.core.relation.postgres.ValueReader;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads one column's values from what {@link ValueTransport} carried. */
@FunctionalInterface
interface ColumnReader {
  /** The value, for an image; never called with null. */
  Object value(Object carried);

  /** The reader of a column of that type. */
  static ColumnReader of(PostgresType type, List<Integer> modifiers) {
    return switch (type.name()) {
      case "boolean", "integer", "bigint", "oid", "real", "double precision" -> value -> value;
      case "smallint" -> value -> ((Integer) value).shortValue();
      case "bytea" -> value -> value instanceof ByteBuffer ? Change.UNTOUCHED : value;
      case "date" -> value -> ValueReader.date((Integer) value);
      case "timestamp without time zone" -> value -> ValueReader.timestamp((Long) value);
      case "timestamp with time zone" -> value -> TimeLiterals.isoInstant((Long) value);
      default -> {
        ValueReader reader = ValueReader.of(type, modifiers);
        yield value ->
            value.equals(ValueTransport.UNTOUCHED)
                ? Change.UNTOUCHED
                : reader.value((String) value);
      }
    };
  }
}
