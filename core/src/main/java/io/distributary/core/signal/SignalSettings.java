package io.distributary.core.signal;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** How a connector reaches the Kafka that its signal topic is in. */
public final class SignalSettings {
  /** The key whose presence turns signals on. */
  public static final String BOOTSTRAP_SERVERS = "signal.kafka.bootstrap.servers";

  private static final String PREFIX = "signal.kafka.";
  private static final Pattern SERVERS = Pattern.compile("\\s*[^\\s,:]\\S*:\\d{1,5}\\s*");

  private SignalSettings() {}

  /** Adds the one key that has a name of its own; all others are the client's. */
  public static void define(ConfigDef definition, String documentation) {
    definition.define(
        BOOTSTRAP_SERVERS,
        ConfigDef.Type.STRING,
        "",
        LambdaValidator.with(
            (key, value) -> requireServers(key, (String) value), () -> "host:port,..."),
        Importance.MEDIUM,
        documentation
            + " Further settings of the Kafka client are given as signal.kafka.*, for example"
            + " signal.kafka.security.protocol.",
        "Signals",
        0,
        Width.LONG,
        "Signal Kafka servers");
  }

  private static void requireServers(String key, String servers) {
    if (servers == null || servers.isBlank()) {
      return;
    }
    for (String server : servers.split(",", -1)) {
      if (!SERVERS.matcher(server).matches()) {
        throw new ConfigException(key, servers, "expected host:port, separated by commas");
      }
    }
  }

  /** Whether a connector with these properties has a signal topic. */
  public static boolean configured(Map<String, String> properties) {
    String servers = properties.get(BOOTSTRAP_SERVERS);
    return servers != null && !servers.isBlank();
  }

  /** The settings of the Kafka client among a connector's properties. */
  public static Map<String, Object> client(Map<String, String> properties) {
    Map<String, Object> client = new HashMap<>();
    properties.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            client.put(key.substring(PREFIX.length()), value);
          }
        });
    return client;
  }
}
