package io.distributary.sink.read;

import io.distributary.core.record.TableSchemas;
import io.distributary.core.relation.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * The table of a record that does not say it in its value: what its key says, else what the topic's
 * other records said, else the last segment of the topic's name.
 */
final class TableNames {
  private final Map<String, TableId> byTopic = new HashMap<>();

  /** Remembers what a record of the topic said. */
  void remember(String topic, TableId table) {
    byTopic.put(topic, table);
  }

  TableId of(SinkRecord record) {
    String named = inKey(record.key());
    TableId known = byTopic.get(record.topic());
    if (named != null) {
      return known == null
          ? new TableId(null, null, named)
          : new TableId(known.database(), known.schema(), named);
    }
    if (known != null) {
      return known;
    }
    String topic = record.topic();
    return new TableId(null, null, topic.substring(topic.lastIndexOf('.') + 1));
  }

  private static String inKey(Object key) {
    Object named = null;
    if (key instanceof Struct struct && struct.schema().field(TableSchemas.TABLE_FIELD) != null) {
      named = struct.get(TableSchemas.TABLE_FIELD);
    } else if (key instanceof Map<?, ?> map) {
      named = map.get(TableSchemas.TABLE_FIELD);
    }
    return named instanceof String name ? name : null;
  }
}
