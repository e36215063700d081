package io.distributary.sink;

import io.distributary.core.signal.SignalSettings;
import io.distributary.sink.unit.WithoutHistory;
import io.distributary.sink.write.DeleteMode;
import io.distributary.sink.write.MissingColumns;
import io.distributary.sink.write.RelationHandler;
import io.distributary.sink.write.SnapshotMode;
import io.distributary.sink.write.SynchronousCommit;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/** The sink's settings: what each is called, means and may be. */
public final class SinkSettings {
  static final String URL = "connection.url";
  static final String USER = "connection.user";
  static final String PASSWORD = "connection.password";
  static final String SYNCHRONOUS_COMMIT = "synchronous.commit";
  static final String MAPPING = "table.mapping";
  static final String AUTO_CREATE = "auto.create";
  static final String AUTO_EVOLVE = "auto.evolve";
  static final String MISSING_COLUMNS = "missing.columns";
  static final String DELETE_MODE = "delete.mode";
  static final String DELETE_MARKER = "delete.marker.column";
  static final String SNAPSHOT_MODE = "snapshot.mode";
  static final String UNIT_TIMEOUT = "unit.timeout.ms";
  static final String WITHOUT_HISTORY = "start.without.history";
  static final String MAX_RETRIES = "max.retries";
  static final String RETRY_BACKOFF = "retry.backoff.ms";

  static final String CLAIM_EXPIRED = "claim.expired";

  static final String STATEMENT = "statement.";
  static final String UPSERT = ".upsert";
  static final String DELETE = ".delete";
  static final String RELATION = "relation.";
  static final String HANDLER = ".handler";

  static final Choice<DeleteMode> DELETES = new Choice<>(DeleteMode.class);
  static final Choice<SynchronousCommit> COMMITS = new Choice<>(SynchronousCommit.class);
  static final Choice<SnapshotMode> SNAPSHOTS = new Choice<>(SnapshotMode.class);
  static final Choice<MissingColumns> MISSING = new Choice<>(MissingColumns.class);
  static final Choice<WithoutHistory> HISTORIES = new Choice<>(WithoutHistory.class);
  static final Choice<ClaimExpired> EXPIRIES = new Choice<>(ClaimExpired.class);

  private SinkSettings() {}

  /** All settings whose names are fixed. */
  public static ConfigDef definition() {
    ConfigDef definition = new ConfigDef();
    connection(new SettingGroup(definition, "Connection"));
    tables(new SettingGroup(definition, "Tables"));
    changes(new SettingGroup(definition, "Changes"));
    delivery(new SettingGroup(definition, "Delivery"));
    claims(new SettingGroup(definition, "Claim check"));
    StoreSettings.define(definition);
    SignalSettings.define(
        definition,
        "Where the sources' signal topics are, on which this sink asks for the snapshots that"
            + " start.without.history=snapshot and claim.expired=snapshot wait for. Give it what"
            + " the source has. The topic is <topic.prefix>.signal: keep it out of topics.regex,"
            + " as in canonical\\.(?!signal$).*. Empty: people have to ask.");
    return definition;
  }

  /** The settings, with those that name a table in these properties. */
  static ConfigDef definition(Map<String, String> properties) {
    ConfigDef definition = definition();
    SettingGroup group = new SettingGroup(definition, "Relations of another shape");
    for (String key : new TreeMap<>(properties).keySet()) {
      if (table(key, STATEMENT, UPSERT) != null) {
        group.optional(
            key, ConfigDef.Type.STRING, null, Width.LONG, "Upsert", "SQL that runs for each row.");
      } else if (table(key, STATEMENT, DELETE) != null) {
        group.optional(
            key,
            ConfigDef.Type.STRING,
            null,
            Width.LONG,
            "Delete",
            "SQL that runs for each deleted row.");
      } else if (table(key, RELATION, HANDLER) != null) {
        group.checked(
            key,
            null,
            ConfigDef.LambdaValidator.with(
                SinkSettings::checkHandler, () -> "a class that implements RelationHandler"),
            Width.LONG,
            "Handler",
            "The class that writes the table's changes.");
      }
    }
    return definition;
  }

  private static void connection(SettingGroup group) {
    group.url(
        "Where to write: the JDBC URL of the target. SQLite: jdbc:sqlite: and the path of the"
            + " file, which is created if auto.create is true. PostgreSQL:"
            + " jdbc:postgresql://host:5432/database, with parameters of its driver. MariaDB and"
            + " MySQL: jdbc:mariadb://host:3306/database or jdbc:mysql://host:3306/database, with"
            + " parameters of MariaDB's driver.");
    group.optional(
        USER,
        ConfigDef.Type.STRING,
        null,
        Width.MEDIUM,
        "User",
        "The user to connect as, if there is one.");
    group.optional(
        PASSWORD,
        ConfigDef.Type.PASSWORD,
        null,
        Width.MEDIUM,
        "Password",
        "The password of that user.");
    group.choice(
        SYNCHRONOUS_COMMIT,
        SynchronousCommit.SERVER,
        COMMITS,
        "Synchronous commit",
        "PostgreSQL only: whether a commit waits until it is on disk. server leaves it as server,"
            + " role or URL say. off is faster, and loses nothing: after a crash of the server the"
            + " last moments are gone together with their checkpoints, and are read again from"
            + " Kafka.");
  }

  private static void tables(SettingGroup group) {
    group.checked(
        MAPPING,
        "",
        ConfigDef.LambdaValidator.with(
            (setting, value) -> TableMapping.parse(setting, (String) value),
            () -> "`table:relation(column, column:renamed); …`"),
        Width.LONG,
        "Table mapping",
        "Which relation each table goes to, as entries table:relation separated by semicolons. An"
            + " entry may select and rename columns: products:catalog(id, name:title). A table may"
            + " have several entries. Tables without one go to relations of their own names. Names"
            + " with other characters than letters, digits, _, $, . and - stand in double quotes.");
    group.optional(
        AUTO_CREATE,
        ConfigDef.Type.BOOLEAN,
        false,
        Width.SHORT,
        "Create tables",
        "Whether to create relations that are missing, with the source's columns and key.");
    group.optional(
        AUTO_EVOLVE,
        ConfigDef.Type.BOOLEAN,
        false,
        Width.SHORT,
        "Add columns",
        "Whether to add columns that the source has and a relation lacks.");
    group.choice(
        MISSING_COLUMNS,
        MissingColumns.FAIL,
        MISSING,
        "Missing columns",
        "What to do with a column that a relation lacks and that is not to be added: fail, or"
            + " ignore it.");
  }

  private static void changes(SettingGroup group) {
    group.choice(
        DELETE_MODE,
        DeleteMode.HARD,
        DELETES,
        "Deletes",
        "What a deleted row means: hard deletes it, soft sets its marker column, ignore leaves it"
            + " as it was.");
    group.checked(
        DELETE_MARKER,
        "__deleted",
        new ConfigDef.NonEmptyString(),
        Width.MEDIUM,
        "Marker column",
        "The column that delete.mode=soft sets to 1 when a row is deleted, and to 0 when it"
            + " returns.");
    group.choice(
        SNAPSHOT_MODE,
        SnapshotMode.SWAP,
        SNAPSHOTS,
        "Snapshots",
        "How a snapshot takes a relation's place: swap loads a new table and puts it in the old"
            + " one's place; merge touches only the rows that differ, as is also done where a swap"
            + " is impossible.");
  }

  private static void delivery(SettingGroup group) {
    group.checked(
        UNIT_TIMEOUT,
        ConfigDef.Type.LONG,
        60_000L,
        ConfigDef.Range.atLeast(100),
        "Unit timeout",
        "How long to wait for the next part of a unit, in milliseconds, before what came of it is"
            + " rolled back and read again. Meanwhile other partitions wait.");
    group.choice(
        WITHOUT_HISTORY,
        WithoutHistory.SNAPSHOT,
        HISTORIES,
        "Lost history",
        "What to do with changes whose history is lost: there is no checkpoint and the topic's"
            + " beginning is gone, retention took batches that were not applied yet, or the source"
            + " has a new history (epoch) and no snapshot of it came. snapshot passes over changes"
            + " until a snapshot of the table comes; until then the table keeps what it has and is"
            + " waiting_for_snapshot in the metrics, and nothing counts as done. With"
            + " signal.kafka.bootstrap.servers the sink asks for the snapshot itself; without, it"
            + " warns, and you ask in the source database with INSERT INTO"
            + " distributary_signal(action, table_name) VALUES ('snapshot', '<table>'). fail stops"
            + " the task."
            + " continue applies what there is, as is right for compacted topics of row events.");
    group.checked(
        MAX_RETRIES,
        ConfigDef.Type.INT,
        10,
        ConfigDef.Range.atLeast(0),
        "Retries",
        "How often a failure that may pass (a locked or unreachable database) is tried again before"
            + " the task stops.");
    group.checked(
        RETRY_BACKOFF,
        ConfigDef.Type.LONG,
        500L,
        ConfigDef.Range.atLeast(1),
        "Retry backoff",
        "How long to wait before the first retry, in milliseconds. It doubles each time, up to one"
            + " minute.");
  }

  private static void claims(SettingGroup group) {
    group.choice(
        CLAIM_EXPIRED,
        ClaimExpired.FAIL,
        EXPIRIES,
        "Lost claims",
        "What to do with a unit whose rows the claim-check store has not got any more, or got"
            + " damaged: fail stops the task, with an error that names the claim. snapshot asks for"
            + " a snapshot on the signal topic and passes over changes until it comes; it needs"
            + " signal.kafka.bootstrap.servers. Nothing of the unit is applied either way.");
  }

  static RelationHandler handler(String setting, String type) {
    try {
      return Utils.newInstance(type, RelationHandler.class);
    } catch (ClassNotFoundException | RuntimeException e) {
      throw new ConfigException(
          setting,
          type,
          "Must be a class on the plugin's path that implements "
              + RelationHandler.class.getName()
              + " and has a public constructor without parameters ("
              + e.getMessage()
              + ")");
    }
  }

  private static void checkHandler(String setting, Object type) {
    if (type != null) {
      handler(setting, (String) type);
    }
  }

  /** The table that stands between prefix and suffix; null if the key is not of that form. */
  static String table(String key, String prefix, String suffix) {
    boolean named =
        key.startsWith(prefix)
            && key.endsWith(suffix)
            && key.length() > prefix.length() + suffix.length();
    return named ? key.substring(prefix.length(), key.length() - suffix.length()) : null;
  }
}
