package io.distributary.source.emit;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/** Which table goes to which topic. Two tables never share one, but in a topic for all. */
final class Topics {
  /** Kafka's own limit (org.apache.kafka.common.internals.Topic). */
  private static final int MAX_LENGTH = 249;

  private final String prefix;
  private final TopicLayout layout;
  private final Map<String, TableId> taken = new HashMap<>();

  Topics(String prefix, TopicLayout layout) {
    this.prefix = prefix;
    this.layout = layout;
  }

  /**
   * The table's topic.
   *
   * @throws ConnectException when the name is too long, or another table has it
   */
  String topic(TableId table) {
    if (layout == TopicLayout.SOURCE) {
      return prefix;
    }
    String topic = Names.topic(prefix + "." + table.qualifiedName());
    if (topic.length() > MAX_LENGTH) {
      throw new ConnectException(
          "Table "
              + table
              + " would get a topic of "
              + topic.length()
              + " characters; Kafka takes "
              + MAX_LENGTH
              + ". Shorten topic.prefix, or leave the table out with table.exclude.list.");
    }
    TableId other = taken.putIfAbsent(topic, table);
    if (other != null && !other.equals(table)) {
      throw new ConnectException(
          "Tables '"
              + other
              + "' and '"
              + table
              + "' would share the topic "
              + topic
              + ", as Kafka's topic names have fewer characters. Leave one of them out with"
              + " table.exclude.list, or use topic.layout=source.");
    }
    return topic;
  }

  /** What the names of the table's schemas begin with. */
  String namespace(TableId table) {
    return layout == TopicLayout.SOURCE ? prefix + "." + table.qualifiedName() : topic(table);
  }
}
