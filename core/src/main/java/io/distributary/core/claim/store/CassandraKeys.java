package io.distributary.core.claim.store;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.ValidString;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** What can be configured of a Cassandra store. */
final class CassandraKeys {
  static final String CONTACT_POINTS = "cassandra.contact.points";
  static final String DATACENTER = "cassandra.local.datacenter";
  static final String KEYSPACE = "cassandra.keyspace";
  static final String TABLE = "cassandra.table";
  static final String USERNAME = "cassandra.username";
  static final String PASSWORD = "cassandra.password";
  static final String TLS = "cassandra.tls";
  static final String TLS_HOSTNAME = "cassandra.tls.hostname.validation";
  static final String TRUSTSTORE = "cassandra.tls.truststore.path";
  static final String TRUSTSTORE_PASSWORD = "cassandra.tls.truststore.password";
  static final String KEYSTORE = "cassandra.tls.keystore.path";
  static final String KEYSTORE_PASSWORD = "cassandra.tls.keystore.password";
  static final String CONSISTENCY = "cassandra.consistency";
  static final String TTL = "cassandra.ttl.seconds";
  static final String TIMEOUT = "cassandra.request.timeout.ms";
  static final String AUTO_CREATE = "cassandra.auto.create";
  static final String REPLICATION = "cassandra.replication.factor";
  static final String WINDOW = "cassandra.max.in.flight";
  static final String PROTOCOL = "cassandra.protocol.version";

  private static final int WEEK_SECONDS = 7 * 24 * 60 * 60;

  /** Cassandra refuses a longer life: 20 years. */
  private static final int MAX_TTL_SECONDS = 20 * 365 * 24 * 60 * 60;

  /** A name that CQL takes without quotes. */
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_]{0,47}");

  private static final ConfigDef.Validator NAMES =
      LambdaValidator.with(
          CassandraKeys::requireName,
          () -> "a letter, then letters, digits and underscores; at most 48");

  private CassandraKeys() {}

  static void define(StoreKeys keys) {
    defineCluster(keys);
    defineTls(keys);
    defineUse(keys);
  }

  private static void defineCluster(StoreKeys keys) {
    keys.add(
            CONTACT_POINTS,
            ConfigDef.Type.LIST,
            "",
            null,
            Width.LONG,
            "Contact points",
            "With store=cassandra: some nodes to connect to at first, as host:port, separated by"
                + " commas. The port is 9042 where none is given.")
        .text(
            DATACENTER,
            "Local datacenter",
            "With store=cassandra: the datacenter whose nodes are used, as 'nodetool status' names"
                + " it.")
        .add(
            KEYSPACE,
            ConfigDef.Type.STRING,
            "distributary",
            NAMES,
            Width.MEDIUM,
            "Keyspace",
            "The keyspace that the table of chunks is in.")
        .add(
            TABLE,
            ConfigDef.Type.STRING,
            "claims",
            NAMES,
            Width.MEDIUM,
            "Table",
            "The table that chunks are kept in.")
        .text(USERNAME, "User", "Who connects. Empty for a cluster without authentication.")
        .add(
            PASSWORD,
            ConfigDef.Type.PASSWORD,
            "",
            null,
            Width.MEDIUM,
            "Password",
            "The user's password.");
  }

  private static void defineTls(StoreKeys keys) {
    keys.add(
            TLS,
            ConfigDef.Type.BOOLEAN,
            false,
            null,
            Width.SHORT,
            "TLS",
            "Whether to connect by TLS.")
        .add(
            TLS_HOSTNAME,
            ConfigDef.Type.BOOLEAN,
            true,
            null,
            Width.SHORT,
            "Validate host names",
            "Whether a node's certificate must name its host.")
        .text(
            TRUSTSTORE,
            "Truststore",
            "Path of a JKS or PKCS12 file with the certificates to trust. Empty for the JVM's own.")
        .add(
            TRUSTSTORE_PASSWORD,
            ConfigDef.Type.PASSWORD,
            "",
            null,
            Width.MEDIUM,
            "Truststore password",
            "The truststore's password.")
        .text(
            KEYSTORE,
            "Keystore",
            "Path of a JKS or PKCS12 file with the client's own certificate, where the cluster asks"
                + " for one.")
        .add(
            KEYSTORE_PASSWORD,
            ConfigDef.Type.PASSWORD,
            "",
            null,
            Width.MEDIUM,
            "Keystore password",
            "The keystore's password.");
  }

  private static void defineUse(StoreKeys keys) {
    String[] levels =
        Arrays.stream(DefaultConsistencyLevel.values())
            .filter(level -> !level.isSerial())
            .map(Enum::name)
            .toArray(String[]::new);
    keys.add(
            CONSISTENCY,
            ConfigDef.Type.STRING,
            "LOCAL_QUORUM",
            ValidString.in(levels),
            Width.SHORT,
            "Consistency",
            "The consistency level of reads and writes. With less than LOCAL_QUORUM on both sides a"
                + " chunk that was written may not be found.")
        .add(
            TTL,
            ConfigDef.Type.INT,
            WEEK_SECONDS,
            Range.between(0, MAX_TTL_SECONDS),
            Width.SHORT,
            "Time to live (s)",
            "How long chunks live, in seconds; 0 for ever. A sink that falls further behind needs a"
                + " snapshot. Keep it at least as long as the topics' retention.")
        .add(
            TIMEOUT,
            ConfigDef.Type.INT,
            10_000,
            Range.atLeast(1),
            Width.SHORT,
            "Request timeout (ms)",
            "How long a request may take before it counts as failed for now.")
        .add(
            AUTO_CREATE,
            ConfigDef.Type.BOOLEAN,
            false,
            null,
            Width.SHORT,
            "Create keyspace and table",
            "Whether to create the keyspace and the table where they are missing. Without it, the"
                + " error that says so quotes the statements to run.")
        .add(
            REPLICATION,
            ConfigDef.Type.INT,
            3,
            Range.atLeast(1),
            Width.SHORT,
            "Replication factor",
            "Of a keyspace that is created: on how many nodes of the local datacenter each chunk is"
                + " kept. A cluster of one node needs 1.")
        .add(
            WINDOW,
            ConfigDef.Type.INT,
            16,
            Range.between(1, 1024),
            Width.SHORT,
            "Chunks in flight",
            "How many chunks are written or read at once. Each is held in memory.")
        .add(
            PROTOCOL,
            ConfigDef.Type.STRING,
            "V5",
            ValidString.in("V3", "V4", "V5"),
            Width.SHORT,
            "Protocol version",
            "The version of Cassandra's native protocol: V5 from Cassandra 4.0 on, V4 for older and"
                + " for compatible databases.");
  }

  private static void requireName(String key, Object value) {
    if (!NAME.matcher(String.valueOf(value)).matches()) {
      throw new ConfigException(
          key, value, "must begin with a letter and have at most 48 letters, digits, underscores");
    }
  }
}
