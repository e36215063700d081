package io.distributary.source.emit;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.TableId;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;

/** Which table goes to which topic. No two tables look the same in Kafka. */
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
   * @throws ConnectException when the name is too long, or another table cannot be told from it
   */
  String topic(TableId table) {
    String own = Names.topic(prefix + "." + table.qualifiedName());
    if (layout == TopicLayout.SOURCE) {
      // All share the topic, but their schemas' names must differ.
      require(table, Names.avroNamespace(own), "schema names ");
      return prefix;
    }
    if (own.length() > MAX_LENGTH) {
      throw new ConnectException(
          "Table "
              + table
              + " would get a topic of "
              + own.length()
              + " characters; Kafka takes "
              + MAX_LENGTH
              + ". Shorten topic.prefix, or leave the table out with table.exclude.list.");
    }
    // Kafka refuses topics that differ in '.' and '_' only: its metrics cannot tell them apart.
    require(table, own.replace('.', '_'), "topic ");
    return own;
  }

  private void require(TableId table, String name, String what) {
    TableId other = taken.putIfAbsent(name, table);
    if (other != null && !other.equals(table)) {
      throw new ConnectException(
          "Tables '"
              + other
              + "' and '"
              + table
              + "' would share the "
              + what
              + Names.topic(prefix + "." + table.qualifiedName())
              + ", as Kafka takes fewer characters than a database (and '.' for '_'). Rename one,"
              + " or leave it out with table.exclude.list.");
    }
  }

  /**
   * The topic of records that only carry an offset on. It does not begin with the prefix, so that
   * no sink that reads all of the source's topics reads it, too.
   */
  String positions() {
    return "__distributary-position." + prefix;
  }

  /** What the names of the table's schemas begin with. */
  String namespace(TableId table) {
    return Names.topic(prefix + "." + table.qualifiedName());
  }
}
