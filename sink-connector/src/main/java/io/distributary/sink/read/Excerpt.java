package io.distributary.sink.read;

import io.distributary.core.record.Change;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
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
    return new SinkRecord(
        record.topic(),
        record.kafkaPartition(),
        record.keySchema(),
        record.key(),
        record.valueSchema(),
        whole ? record.value() : some(record.value(), incoming.part().changes(), failed),
        record.kafkaOffset(),
        record.timestamp(),
        record.timestampType(),
        record.headers());
  }

  private static Object some(Object value, List<Change> all, List<Change> failed) {
    Set<Change> wanted = Collections.newSetFromMap(new IdentityHashMap<>());
    wanted.addAll(failed);
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
