package io.distributary.sink.read;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** What a value looks like. */
enum Kind {
  /** A Distributary batch. */
  BATCH,
  /** An envelope, Distributary's or Debezium's. */
  ENVELOPE,
  /** A command packet. */
  COMMAND,
  /** A flat row. */
  ROW;

  /** The kind of that value, a struct or a map. */
  static Kind of(Object value) {
    return value instanceof Struct struct ? of(struct.schema()) : of((Map<?, ?>) value);
  }

  private static Kind of(Schema schema) {
    boolean block = is(schema, "source", Schema.Type.STRUCT);
    if (block && is(schema, "rows", Schema.Type.ARRAY) && is(schema, "kind", Schema.Type.STRING)) {
      return BATCH;
    }
    if (is(schema, "op", Schema.Type.STRING)
        && (is(schema, "after", Schema.Type.STRUCT) || is(schema, "before", Schema.Type.STRUCT))) {
      return ENVELOPE;
    }
    boolean command =
        is(schema, "action", Schema.Type.STRING)
            && (is(schema, "data", Schema.Type.STRUCT)
                || is(schema, "restriction", Schema.Type.STRUCT));
    return command ? COMMAND : ROW;
  }

  private static boolean is(Schema schema, String field, Schema.Type type) {
    return schema.field(field) != null && schema.field(field).schema().type() == type;
  }

  private static Kind of(Map<?, ?> value) {
    boolean block = value.get("source") instanceof Map;
    if (block && value.containsKey("rows") && value.get("kind") instanceof String) {
      return BATCH;
    }
    if (value.get("op") instanceof String
        && (value.get("after") instanceof Map || value.get("before") instanceof Map || block)) {
      return ENVELOPE;
    }
    return value.get("action") instanceof String action
            && CommandReader.ACTIONS.contains(action)
            && Set.of("action", "data", "restriction", "table").containsAll(value.keySet())
            && (value.get("data") instanceof Map || value.get("restriction") instanceof Map)
        ? COMMAND
        : ROW;
  }
}
