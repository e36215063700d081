package io.distributary.source;

import io.distributary.core.record.Provenance;
import io.distributary.core.signal.SignalSettings;
import io.distributary.source.emit.EmitSettings;
import io.distributary.source.emit.Events;
import io.distributary.source.emit.Ordering;
import io.distributary.source.emit.TopicLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;

/** The source connector's configuration, parsed once. */
final class SourceConfig {
  static final String CONNECTION_URL = "connection.url";
  static final String CONNECTION_USER = "connection.user";
  static final String CONNECTION_PASSWORD = "connection.password";
  static final String CAPTURE = "capture";
  static final String TABLE_INCLUDE_LIST = "table.include.list";
  static final String TABLE_EXCLUDE_LIST = "table.exclude.list";
  static final String SNAPSHOT = "snapshot";
  static final String POLL_INTERVAL_MS = "poll.interval.ms";
  static final String TOPIC_PREFIX = "topic.prefix";
  static final String TOPIC_LAYOUT = "topic.layout";
  static final String EVENTS = "events";
  static final String ORDERING = "ordering";
  static final String BATCH_MAX_ROWS = "batch.max.rows";
  static final String BATCH_MAX_BYTES = "batch.max.bytes";

  static final String SLOT_NAME = "slot.name";
  static final String PUBLICATION_NAME = "publication.name";
  static final String HEARTBEAT_INTERVAL_MS = "heartbeat.interval.ms";
  static final String TRANSACTION_MEMORY_BYTES = "transaction.memory.bytes";
  static final String SPOOL_DIRECTORY = "transaction.spool.directory";
  static final String TRIGGER_SCHEMA = "trigger.schema";
  static final String DEBEZIUM = "debezium.";

  private final AbstractConfig values;
  private final Map<String, Object> signalClient;

  /**
   * @throws ConfigException that names the key at fault
   */
  SourceConfig(Map<String, String> settings) {
    values = new AbstractConfig(SourceDefinition.DEFINITION, settings, false);
    if (ordering() == Ordering.KEY) {
      requireForKeys(EVENTS, events() == Events.ROW, "row");
      requireForKeys(TOPIC_LAYOUT, layout() == TopicLayout.TABLE, "table");
    }
    signalClient = SignalSettings.configured(settings) ? SignalSettings.client(settings) : Map.of();
  }

  private static void requireForKeys(String key, boolean holds, String needed) {
    if (!holds) {
      throw new ConfigException(ORDERING, "key", "it needs " + key + "=" + needed);
    }
  }

  /** The connector's name, which Connect adds to its settings. */
  String connector() {
    return values.originalsStrings().getOrDefault("name", topicPrefix());
  }

  String connectionUrl() {
    return values.getString(CONNECTION_URL);
  }

  /** The URL without its options, where a password can be. */
  String shownUrl() {
    String url = connectionUrl();
    int options = url.indexOf('?');
    return options < 0 ? url : url.substring(0, options);
  }

  String connectionUser() {
    return values.getString(CONNECTION_USER);
  }

  String connectionPassword() {
    return values.getPassword(CONNECTION_PASSWORD).value();
  }

  String capture() {
    return values.getString(CAPTURE);
  }

  String slotName() {
    return values.getString(SLOT_NAME);
  }

  String publicationName() {
    return values.getString(PUBLICATION_NAME);
  }

  long heartbeatIntervalMs() {
    return values.getLong(HEARTBEAT_INTERVAL_MS);
  }

  long transactionMemoryBytes() {
    return values.getLong(TRANSACTION_MEMORY_BYTES);
  }

  String triggerSchema() {
    return values.getString(TRIGGER_SCHEMA);
  }

  String spoolDirectory() {
    return values.getString(SPOOL_DIRECTORY);
  }

  /** The settings that go to Debezium, without their prefix. */
  Map<String, String> debezium() {
    Map<String, String> further = new HashMap<>();
    values
        .originalsStrings()
        .forEach(
            (key, value) -> {
              if (key.startsWith(DEBEZIUM)) {
                further.put(key.substring(DEBEZIUM.length()), value);
              }
            });
    return further;
  }

  List<String> includedTables() {
    return values.getList(TABLE_INCLUDE_LIST);
  }

  List<String> excludedTables() {
    return values.getList(TABLE_EXCLUDE_LIST);
  }

  String snapshot() {
    return values.getString(SNAPSHOT);
  }

  long pollIntervalMs() {
    return values.getLong(POLL_INTERVAL_MS);
  }

  String topicPrefix() {
    return values.getString(TOPIC_PREFIX);
  }

  int batchMaxRows() {
    return values.getInt(BATCH_MAX_ROWS);
  }

  long batchMaxBytes() {
    return values.getLong(BATCH_MAX_BYTES);
  }

  Events events() {
    return Events.valueOf(constant(EVENTS));
  }

  TopicLayout layout() {
    return TopicLayout.valueOf(constant(TOPIC_LAYOUT));
  }

  Ordering ordering() {
    return Ordering.valueOf(constant(ORDERING));
  }

  /** The settings of the signal topic's client; empty where there is no such topic. */
  Map<String, Object> signalClient() {
    return signalClient;
  }

  /** How units become records. */
  EmitSettings emit(Provenance provenance) {
    return new EmitSettings(topicPrefix(), events(), layout(), ordering(), provenance);
  }

  private String constant(String key) {
    return values.getString(key).toUpperCase(Locale.ROOT);
  }
}
