package io.distributary.sink.read;

import io.distributary.core.record.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Makes the record that goes to the dead letter queue: it holds just what failed. */
public final class Excerpt {
  private Excerpt() {}

  /**
   * A plain record with the failed changes only. Not made with {@link SinkRecord#newRecord}:
   * Connect would report the bytes of the record it came from.
   *
   * @param failed some of the part's changes, by identity
   */
  public static SinkRecord of(Incoming incoming, List<Change> failed) {
    SinkRecord record = incoming.record();
    boolean whole =
        incoming.form() != Form.BATCH || failed.size() == incoming.part().changes().size();
    Object value = whole ? record.value() : some(record.value(), incoming.part().changes(), failed);
    return with(record, record.valueSchema(), value);
  }

  /**
   * A plain record with the failed changes only, of a record that refers to a claim.
   *
   * @param changes the changes of some rows of the claim
   * @param rows gives these rows by their place among the changes, as they were stored
   * @param failed some of the changes, by identity
   */
  public static SinkRecord ofClaim(
      Incoming incoming, List<Change> changes, IntFunction<Struct> rows, List<Change> failed) {
    SinkRecord record = incoming.record();
    List<Struct> kept = new ArrayList<>();
    Set<Change> wanted = identical(failed);
    for (int i = 0; i < changes.size(); i++) {
      if (wanted.contains(changes.get(i))) {
        kept.add(rows.apply(i));
      }
    }
    if (record.value() instanceof Struct claimed) {
      Struct value = new Struct(withRows(claimed.schema(), kept.get(0).schema()));
      for (Field field : claimed.schema().fields()) {
        if (!field.name().equals("rows") && !field.name().equals("claim")) {
          value.put(field.name(), claimed.getWithoutDefault(field.name()));
        }
      }
      value.put("rows", kept).put("row_count", kept.size());
      return with(record, value.schema(), value);
    }
    Map<Object, Object> value = new LinkedHashMap<>((Map<?, ?>) record.value());
    value.put("claim", null);
    value.put("rows", kept.stream().map(Excerpt::plain).toList());
    value.put("row_count", (long) kept.size());
    return with(record, null, value);
  }

  /** The rows' own schema is the true one: converters do not keep all that a schema says. */
  private static Schema withRows(Schema batch, Schema row) {
    SchemaBuilder schema = SchemaBuilder.struct().name(batch.name()).version(batch.version());
    for (Field field : batch.fields()) {
      boolean rows = field.name().equals("rows");
      schema.field(
          field.name(), rows ? SchemaBuilder.array(row).optional().build() : field.schema());
    }
    return schema.build();
  }

  private static Object plain(Object value) {
    if (value instanceof Struct struct) {
      Map<Object, Object> map = new LinkedHashMap<>();
      struct.schema().fields().forEach(field -> map.put(field.name(), plain(struct.get(field))));
      return map;
    }
    return value instanceof List<?> list ? list.stream().map(Excerpt::plain).toList() : value;
  }

  private static SinkRecord with(SinkRecord record, Schema schema, Object value) {
    return new SinkRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        schema,
        value,
        record.kafkaOffset(),
        record.timestamp(),
        record.timestampType(),
        record.headers());
  }

  private static Set<Change> identical(List<Change> changes) {
    Set<Change> identical = Collections.newSetFromMap(new IdentityHashMap<>());
    identical.addAll(changes);
    return identical;
  }

  private static Object some(Object value, List<Change> all, List<Change> failed) {
    Set<Change> wanted = identical(failed);
    boolean struct = value instanceof Struct;
    List<?> rows =
        (List<?>) (struct ? ((Struct) value).get("rows") : ((Map<?, ?>) value).get("rows"));
    List<Object> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (wanted.contains(all.get(i))) {
        kept.add(rows.get(i));
      }
    }
    if (!struct) {
      Map<Object, Object> copy = new LinkedHashMap<>((Map<?, ?>) value);
      copy.put("rows", kept);
      copy.put("row_count", (long) kept.size());
      return copy;
    }
    Struct original = (Struct) value;
    Struct copy = new Struct(original.schema());
    for (Field field : original.schema().fields()) {
      copy.put(field, original.getWithoutDefault(field.name()));
    }
    return copy.put("rows", kept).put("row_count", kept.size());
  }
}
