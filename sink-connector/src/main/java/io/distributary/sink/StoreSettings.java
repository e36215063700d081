package io.distributary.sink;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.store.ClaimStores;
import io.distributary.sink.write.Problem;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** The claim-check store that a sink reads from: the transforms' keys behind {@code claim.}. */
final class StoreSettings {
  static final String PREFIX = "claim.";
  private static final String STORE = PREFIX + ClaimStores.STORE;

  private StoreSettings() {}

  static void define(ConfigDef definition) {
    ClaimStores.define(definition, PREFIX);
  }

  /** Makes the store, without connecting. */
  static ClaimStore open(AbstractConfig config) {
    return ClaimStores.open(config, PREFIX);
  }

  /** What is wrong with the store, where one is configured: it is tried, if it can be reached. */
  static List<Problem> problems(AbstractConfig config, Map<String, String> properties) {
    boolean configured =
        properties.keySet().stream().anyMatch(key -> key.equals(STORE) || isOfAStore(key));
    if (!configured) {
      return List.of();
    }
    try (ClaimStore store = open(config)) {
      store.check();
      return List.of();
    } catch (RetriableException e) {
      return List.of(); // it may be there when it is needed
    } catch (ConfigException e) {
      return List.of(new Problem(key(config, e), e.getMessage()));
    } catch (ConnectException e) {
      return List.of(new Problem(STORE, e.getMessage()));
    }
  }

  private static boolean isOfAStore(String key) {
    return ClaimStores.names().stream().anyMatch(name -> key.startsWith(PREFIX + name + "."));
  }

  /** The key that an error speaks of: it does not tell it but in its message. */
  private static String key(AbstractConfig config, ConfigException e) {
    return config.values().keySet().stream()
        .filter(key -> key.startsWith(PREFIX) && e.getMessage().contains(key))
        .max(Comparator.comparingInt(String::length))
        .orElse(STORE);
  }
}
