package io.distributary.cli;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the store in the configuration of the connectors that deposit into it. */
final class Depositors {
  private static final String TRANSFORM = "io.distributary.smt.ClaimCheckDeposit";

  private Depositors() {}

  /**
   * The settings of a connector's deposit, without their prefix.
   *
   * @param name the connector; empty for the only one, or several that use the same store
   * @throws UsageException when there is none, or several that differ, or a setting is not there in
   *     the open
   */
  static Map<String, String> settings(List<Connector> connectors, String name) {
    Map<String, Map<String, String>> found = new HashMap<>();
    for (Connector connector : connectors) {
      Map<String, String> settings = deposit(connector.config());
      if (settings != null && (name.isEmpty() || name.equals(connector.name()))) {
        found.put(connector.name(), settings);
      }
    }
    if (found.isEmpty()) {
      throw new UsageException(
          (name.isEmpty() ? "No connector" : "No connector " + name)
              + " with a ClaimCheckDeposit is known to Connect. Set the store with --config or"
              + " --property: store, file.directory, cassandra.*");
    }
    Set<Map<String, String>> stores = new HashSet<>(found.values());
    if (stores.size() > 1) {
      throw new UsageException(
          "There are connectors that deposit into different ways or stores: "
              + found.keySet().stream().sorted().toList()
              + ". Choose one with --store-of");
    }
    return stores.iterator().next();
  }

  /** The store's settings in a connector's configuration; null where it deposits nothing. */
  private static Map<String, String> deposit(Map<String, String> config) {
    for (String transform : config.getOrDefault("transforms", "").split(",")) {
      String prefix = "transforms." + transform.strip() + ".";
      if (TRANSFORM.equals(config.get(prefix + "type"))) {
        Map<String, String> settings = new HashMap<>();
        Set<String> known = ClaimsConfig.definition().names();
        config.forEach(
            (key, value) -> {
              if (key.startsWith(prefix) && known.contains(key.substring(prefix.length()))) {
                settings.put(key.substring(prefix.length()), value);
              }
            });
        return settings;
      }
    }
    return null;
  }
}
