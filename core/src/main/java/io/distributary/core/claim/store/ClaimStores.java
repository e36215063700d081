package io.distributary.core.claim.store;

import io.distributary.core.claim.ClaimStore;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** The stores there are, and how a configuration chooses and describes one. */
public final class ClaimStores {
  /** The key that names the kind of store. */
  public static final String STORE = "store";

  /** One line for each kind of store. */
  private static final List<StoreType> TYPES =
      List.of(
          new StoreType(FileClaimStore.NAME, FileClaimStore::define, FileClaimStore::of),
          new StoreType(
              CassandraClaimStore.NAME, CassandraClaimStore::define, CassandraClaimStore::of));

  private ClaimStores() {}

  /** The names of all kinds of store. */
  public static List<String> names() {
    return TYPES.stream().map(StoreType::name).toList();
  }

  /**
   * Adds the keys of all stores to a definition. None is mandatory, for which are needed depends on
   * the store that is chosen; {@link #open} checks it.
   *
   * @param prefix what each key begins with, for example {@code claim.}; may be empty
   */
  public static void define(ConfigDef definition, String prefix) {
    definition.define(
        prefix + STORE,
        ConfigDef.Type.STRING,
        FileClaimStore.NAME,
        ValidString.in(names().toArray(String[]::new)),
        Importance.HIGH,
        "Where chunks are kept: 'cassandra' for a cluster, 'file' for a directory that source and"
            + " sink share, on a single machine.",
        "Claim store",
        0,
        Width.SHORT,
        "Store",
        new Names());
    for (StoreType type : TYPES) {
      String group = "Claim store " + type.name();
      type.keys().accept(new StoreKeys(definition, prefix, group, 0));
    }
  }

  /**
   * Makes the store that is configured. It does not connect yet: see {@link ClaimStore#check}.
   *
   * @throws ConfigException naming the key that is missing or wrong
   */
  public static ClaimStore open(AbstractConfig config, String prefix) {
    String name = config.getString(prefix + STORE);
    return TYPES.stream()
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new ConfigException(prefix + STORE, name, "must be one of " + names()))
        .open()
        .apply(new StoreValues(config, prefix));
  }

  private static final class Names implements ConfigDef.Recommender {
    @Override
    public List<Object> validValues(String name, java.util.Map<String, Object> config) {
      return List.copyOf(names());
    }

    @Override
    public boolean visible(String name, java.util.Map<String, Object> config) {
      return true;
    }
  }
}
