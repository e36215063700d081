package io.distributary.cli;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The settings of the claims command, parsed once. */
final class ClaimsConfig {
  static final String CONNECT_URL = "connect.url";
  static final String CONNECT_USER = "connect.user";
  static final String CONNECT_PASSWORD = "connect.password";
  static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";
  static final String STORE_OF = "store.of";
  private static final String KAFKA = "kafka.";
  private static final String GROUP = "Cluster";

  private final Map<String, String> settings;
  private final AbstractConfig values;

  /**
   * @throws UsageException for a value that is not allowed, naming its key
   */
  ClaimsConfig(Map<String, String> settings) {
    this.settings = settings;
    try {
      values = new AbstractConfig(definition(), settings, false);
    } catch (ConfigException e) {
      throw new UsageException(e.getMessage(), e);
    }
    if (kafka().get("bootstrap.servers") == null) {
      throw new UsageException(
          "--bootstrap-servers is missing: the topics are read to see which record refers to a"
              + " claim");
    }
    for (String key : settings.keySet()) {
      if (!key.startsWith(KAFKA) && !definition().names().contains(key)) {
        throw new UsageException(
            "Unknown property "
                + key
                + ". Known are kafka.* and, in docs/configuration.md, connect.* and those of the"
                + " store.");
      }
    }
  }

  static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    definition
        .define(
            CONNECT_URL,
            ConfigDef.Type.LIST,
            "http://127.0.0.1:8083",
            Importance.HIGH,
            "REST addresses, one worker of each Connect cluster whose sinks read the topics.",
            GROUP,
            0,
            Width.LONG,
            "Connect")
        .define(
            CONNECT_USER,
            ConfigDef.Type.STRING,
            "",
            Importance.MEDIUM,
            "Who asks Connect, by basic authentication. Empty for a worker without authentication.",
            GROUP,
            1,
            Width.MEDIUM,
            "User")
        .define(
            CONNECT_PASSWORD,
            ConfigDef.Type.PASSWORD,
            "",
            Importance.MEDIUM,
            "The user's password.",
            GROUP,
            2,
            Width.MEDIUM,
            "Password")
        .define(
            BOOTSTRAP_SERVERS,
            ConfigDef.Type.STRING,
            "",
            Importance.HIGH,
            "The Kafka cluster that the topics are in. Other settings of its client are kafka.*, as"
                + " kafka.security.protocol.",
            GROUP,
            3,
            Width.LONG,
            "Kafka")
        .define(
            STORE_OF,
            ConfigDef.Type.STRING,
            "",
            Importance.MEDIUM,
            "The source connector whose ClaimCheckDeposit says what store it is, where no store is"
                + " set here. Empty for the only one that Connect knows.",
            GROUP,
            4,
            Width.MEDIUM,
            "Store of");
    ClaimStores.define(definition, "");
    return definition;
  }

  List<String> connectUrls() {
    return values.getList(CONNECT_URL);
  }

  /** Empty where Connect asks for none. */
  String connectUser() {
    return values.getString(CONNECT_USER);
  }

  String connectPassword() {
    return values.getPassword(CONNECT_PASSWORD).value();
  }

  /** The settings of Kafka's clients. */
  Map<String, Object> kafka() {
    Map<String, Object> kafka = new HashMap<>();
    settings.forEach(
        (key, value) -> {
          if (key.startsWith(KAFKA) && !value.isEmpty()) {
            kafka.put(key.substring(KAFKA.length()), value);
          }
        });
    return kafka;
  }

  /**
   * The store that is set here, or that the source connectors deposit into.
   *
   * @throws UsageException when it cannot be told which
   */
  ClaimStore store(List<Connector> connectors) {
    Map<String, String> store =
        settings.containsKey(ClaimStores.STORE)
            ? settings
            : Depositors.settings(connectors, values.getString(STORE_OF));
    Map<String, String> all = new HashMap<>(store);
    all.putAll(settings); // a node's address may be another from here, and a password a secret
    all.put("cassandra.auto.create", "false"); // who looks for claims makes no place for them
    requireOpen(all);
    try {
      return ClaimStores.open(new AbstractConfig(definition(), all, false), "");
    } catch (ConfigException e) {
      throw new UsageException(e.getMessage(), e);
    }
  }

  /** What Connect takes from a file or a vault, it shows as where it takes it from. */
  private static void requireOpen(Map<String, String> store) {
    for (String key : definition().names()) {
      if (store.getOrDefault(key, "").contains("${")) {
        throw new UsageException(
            "Connect shows only where "
                + key
                + " of the store comes from. Set it with --config, in a file that others cannot"
                + " read");
      }
    }
  }
}
