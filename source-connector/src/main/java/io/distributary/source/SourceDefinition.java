package io.distributary.source;

import static io.distributary.source.SourceConfig.BATCH_MAX_BYTES;
import static io.distributary.source.SourceConfig.BATCH_MAX_ROWS;
import static io.distributary.source.SourceConfig.CAPTURE;
import static io.distributary.source.SourceConfig.CONNECTION_PASSWORD;
import static io.distributary.source.SourceConfig.CONNECTION_URL;
import static io.distributary.source.SourceConfig.CONNECTION_USER;
import static io.distributary.source.SourceConfig.EVENTS;
import static io.distributary.source.SourceConfig.HEARTBEAT_INTERVAL_MS;
import static io.distributary.source.SourceConfig.ORDERING;
import static io.distributary.source.SourceConfig.POLL_INTERVAL_MS;
import static io.distributary.source.SourceConfig.PUBLICATION_NAME;
import static io.distributary.source.SourceConfig.SLOT_NAME;
import static io.distributary.source.SourceConfig.SNAPSHOT;
import static io.distributary.source.SourceConfig.SPOOL_DIRECTORY;
import static io.distributary.source.SourceConfig.TABLE_EXCLUDE_LIST;
import static io.distributary.source.SourceConfig.TABLE_INCLUDE_LIST;
import static io.distributary.source.SourceConfig.TOPIC_LAYOUT;
import static io.distributary.source.SourceConfig.TOPIC_PREFIX;
import static io.distributary.source.SourceConfig.TRANSACTION_MEMORY_BYTES;
import static io.distributary.source.SourceConfig.TRIGGER_SCHEMA;

import io.distributary.core.signal.SignalSettings;
import io.distributary.source.postgres.trigger.TriggerCaptureSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.LambdaValidator;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;

/** What the source connector's settings are, for Connect and its user interfaces. */
final class SourceDefinition {
  private static final Pattern LEGAL_TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,200}");

  private static final String DATABASE = "Source database";
  private static final String TOPICS = "Topics";
  private static final String BATCHES = "Batches";
  private static final String POSTGRES = "PostgreSQL";

  static final ConfigDef DEFINITION =
      new ConfigDef()
          .define(
              CONNECTION_URL,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              new ConfigDef.NonEmptyString(),
              Importance.HIGH,
              "JDBC URL of the source database; it tells which capture serves it. Built:"
                  + " `jdbc:sqlite:FILE`, a file that must exist and be writable, as the connector"
                  + " keeps a log of changed keys in it, filled by triggers; and"
                  + " `jdbc:postgresql://HOST:PORT/DATABASE`, whose own log is read by logical"
                  + " decoding, or by triggers with `capture=trigger`.",
              DATABASE,
              1,
              Width.LONG,
              "Connection URL")
          .define(
              CONNECTION_USER,
              ConfigDef.Type.STRING,
              "",
              Importance.MEDIUM,
              "The user to connect as. For PostgreSQL it has the attribute REPLICATION, may read"
                  + " the tables, and owns them unless the publication exists; with `capture=trigger` it"
                  + " needs less, see `postgresql-trigger.md`. Not used for SQLite.",
              DATABASE,
              2,
              Width.MEDIUM,
              "User")
          .define(
              CONNECTION_PASSWORD,
              ConfigDef.Type.PASSWORD,
              "",
              Importance.MEDIUM,
              "The password of that user.",
              DATABASE,
              3,
              Width.MEDIUM,
              "Password")
          .define(
              CAPTURE,
              ConfigDef.Type.STRING,
              Captures.AUTO,
              oneOf(Captures.AUTO, "trigger", "wal"),
              Importance.LOW,
              "How changes are captured. `trigger`: by triggers that log the keys of changed rows"
                  + " (SQLite; PostgreSQL where logical decoding is not to be had). `wal`: by the"
                  + " server's own log (PostgreSQL). `auto`: as the URL's kind of database is"
                  + " captured best.",
              DATABASE,
              4,
              Width.SHORT,
              "Capture",
              recommended(Captures.AUTO, "trigger", "wal"))
          .define(
              TABLE_INCLUDE_LIST,
              ConfigDef.Type.LIST,
              "",
              patterns(),
              Importance.MEDIUM,
              "Regular expressions of the tables to capture, each matched against the whole name"
                  + " (PostgreSQL: `schema.table`). Empty: all tables. A table added later is"
                  + " snapshotted and then followed.",
              DATABASE,
              5,
              Width.LONG,
              "Tables to capture")
          .define(
              TABLE_EXCLUDE_LIST,
              ConfigDef.Type.LIST,
              "",
              patterns(),
              Importance.MEDIUM,
              "Regular expressions of tables not to capture; they win over `table.include.list`.",
              DATABASE,
              6,
              Width.LONG,
              "Tables to leave out")
          .define(
              SNAPSHOT,
              ConfigDef.Type.STRING,
              "initial",
              oneOf("initial", "when_needed", "never"),
              Importance.MEDIUM,
              "When tables are read whole. `initial`: each once before its changes, and again when"
                  + " the history was lost (a source restored from a backup, a deleted log)."
                  + " `when_needed`: the same by another name known from Debezium. `never`: a lost"
                  + " history stops the task. What is asked for with a signal is always read.",
              DATABASE,
              7,
              Width.SHORT,
              "Snapshots",
              recommended("initial", "when_needed", "never"))
          .define(
              POLL_INTERVAL_MS,
              ConfigDef.Type.LONG,
              10L,
              Range.between(1L, 3_600_000L),
              Importance.LOW,
              "How often to look for new commits, in milliseconds. A look costs one"
                  + " `PRAGMA data_version`, or with `capture=trigger` one short query to PostgreSQL."
                  + " With `capture=wal` PostgreSQL tells of its commits; there it is 5 at most.",
              DATABASE,
              8,
              Width.SHORT,
              "Poll interval (ms)")
          .define(
              TOPIC_PREFIX,
              ConfigDef.Type.STRING,
              ConfigDef.NO_DEFAULT_VALUE,
              LambdaValidator.with(
                  (name, value) -> requireTopicPrefix(name, (String) value),
                  () -> "letters, digits, `.`, `_`, `-`; at most 200"),
              Importance.HIGH,
              "What the topics' names begin with: `<topic.prefix>.<table>`. It also names this"
                  + " source in its records and offsets: another prefix is another source.",
              TOPICS,
              1,
              Width.MEDIUM,
              "Topic prefix")
          .define(
              TOPIC_LAYOUT,
              ConfigDef.Type.STRING,
              "table",
              oneOf("table", "source"),
              Importance.MEDIUM,
              "`table`: a topic per table. `source`: one topic, `<topic.prefix>`, for all tables,"
                  + " which keeps a transaction over several tables whole.",
              TOPICS,
              2,
              Width.SHORT,
              "Topic layout",
              recommended("table", "source"))
          .define(
              EVENTS,
              ConfigDef.Type.STRING,
              "row",
              oneOf("row", "transaction"),
              Importance.HIGH,
              "`row`: one record per change, in an envelope as Debezium's, a delete followed by a"
                  + " tombstone. `transaction`: one record per table and transaction, for reference"
                  + " data.",
              TOPICS,
              3,
              Width.SHORT,
              "Events",
              recommended("row", "transaction"))
          .define(
              ORDERING,
              ConfigDef.Type.STRING,
              "transaction",
              oneOf("transaction", "key"),
              Importance.MEDIUM,
              "`transaction`: all of a topic in partition 0, in commit order, units whole. `key`:"
                  + " rows spread over partitions by key, for tables too hot for one; every row is"
                  + " then a unit of its own, and only the order of each row's changes holds. Needs"
                  + " `events=row` and `topic.layout=table`.",
              TOPICS,
              4,
              Width.SHORT,
              "Ordering",
              recommended("transaction", "key"))
          .define(
              BATCH_MAX_ROWS,
              ConfigDef.Type.INT,
              1000,
              Range.between(1, 1_000_000),
              Importance.LOW,
              "How many changes a part of a unit has at most. With `events=transaction` a part is a"
                  + " record.",
              BATCHES,
              1,
              Width.SHORT,
              "Rows per part")
          .define(
              BATCH_MAX_BYTES,
              ConfigDef.Type.LONG,
              900_000L,
              Range.between(1L, 1_000_000_000L),
              Importance.LOW,
              "About how many bytes a part has at most. Kafka's default limit for a record is"
                  + " 1 MiB.",
              BATCHES,
              2,
              Width.SHORT,
              "Bytes per part")
          .define(
              SLOT_NAME,
              ConfigDef.Type.STRING,
              "",
              matching("[a-z0-9_]{0,50}", "lower case letters, digits, `_`; at most 50"),
              Importance.MEDIUM,
              "The replication slot, which is made if it is missing and serves this connector"
                  + " alone. Empty: `distributary_` and the topic prefix.",
              POSTGRES,
              1,
              Width.MEDIUM,
              "Replication slot")
          .define(
              PUBLICATION_NAME,
              ConfigDef.Type.STRING,
              "",
              // The server takes other names for something else where they are not quoted.
              matching(
                  "[a-z0-9_$-]{0,63}", "lower case letters, digits, `_`, `$`, `-`; at most 63"),
              Importance.MEDIUM,
              "The publication, which is made if it is missing, and to which tables are added as"
                  + " the user's privileges allow. Empty: `distributary_` and the topic prefix.",
              POSTGRES,
              2,
              Width.MEDIUM,
              "Publication")
          .define(
              HEARTBEAT_INTERVAL_MS,
              ConfigDef.Type.LONG,
              10_000L,
              Range.between(100L, 3_600_000L),
              Importance.LOW,
              "How often to look for new tables, and whether the slot stands still although the"
                  + " server is busy, in milliseconds. If so, a message in the server's log moves it"
                  + " on.",
              POSTGRES,
              3,
              Width.SHORT,
              "Heartbeat interval (ms)")
          .define(
              TRANSACTION_MEMORY_BYTES,
              ConfigDef.Type.LONG,
              64L << 20,
              Range.between(0L, 1L << 40),
              Importance.LOW,
              "About how many bytes of a transaction are held in memory until it ends. What is"
                  + " beyond is held in a temporary file.",
              POSTGRES,
              4,
              Width.SHORT,
              "Transaction memory (bytes)")
          .define(
              SPOOL_DIRECTORY,
              ConfigDef.Type.STRING,
              "",
              Importance.LOW,
              "Where those temporary files are. Empty: where the JVM's are. Further settings of the"
                  + " Debezium connector that decodes the log are given as `debezium.*`, for example"
                  + " `debezium.slot.stream.params`.",
              POSTGRES,
              5,
              Width.LONG,
              "Spool directory")
          .define(
              TRIGGER_SCHEMA,
              ConfigDef.Type.STRING,
              TriggerCaptureSettings.DEFAULT_SCHEMA,
              LambdaValidator.with(
                  (name, value) -> requireTriggerSchema(name, (String) value),
                  () -> "1 to 40 bytes, not beginning with pg_"),
              Importance.LOW,
              "With `capture=trigger`: the schema of the log of changed keys and of the triggers'"
                  + " functions. It is created if it does not exist and the user may.",
              POSTGRES,
              6,
              Width.MEDIUM,
              "Schema of the log");

  static {
    SignalSettings.define(
        DEFINITION,
        "Where the signal topic `<topic.prefix>.signal` is: requests for snapshots, which people"
            + " and sinks write as `{\"action\": \"snapshot\", \"table_name\": \"prices\"}`;"
            + " `*` stands for all captured tables. Empty: only the table `distributary_signal` in"
            + " the source database is read. The consumer's group is the connector's name with"
            + " `-signal` behind it.");
  }

  private SourceDefinition() {}

  private static void requireTopicPrefix(String name, String prefix) {
    // A missing value is Connect's to report.
    if (prefix != null
        && (!LEGAL_TOPIC.matcher(prefix).matches() || prefix.equals(".") || prefix.equals(".."))) {
      throw new ConfigException(
          name, prefix, "a topic's name has letters, digits, '.', '_' and '-' only, at most 200");
    }
  }

  private static void requireTriggerSchema(String name, String schema) {
    // With the event behind it, it names triggers, and PostgreSQL cuts names at 63 bytes.
    boolean fits =
        schema != null && !schema.isEmpty() && schema.getBytes(StandardCharsets.UTF_8).length <= 40;
    if (!fits || schema.startsWith("pg_")) {
      throw new ConfigException(
          name, schema, "it needs 1 to 40 bytes, and PostgreSQL keeps names with pg_ to itself");
    }
  }

  private static ConfigDef.Validator patterns() {
    return LambdaValidator.with(
        (name, value) -> {
          for (Object pattern : (List<?>) value) {
            try {
              Pattern.compile((String) pattern);
            } catch (PatternSyntaxException e) {
              throw new ConfigException(name, pattern, e.getMessage());
            }
          }
        },
        () -> "regular expressions");
  }

  private static ConfigDef.Validator matching(String pattern, String said) {
    Pattern legal = Pattern.compile(pattern);
    return LambdaValidator.with(
        (name, value) -> {
          if (value != null && !legal.matcher((String) value).matches()) {
            throw new ConfigException(name, value, "it has " + said);
          }
        },
        () -> said);
  }

  private static ConfigDef.Validator oneOf(String... allowed) {
    return ConfigDef.ValidString.in(allowed);
  }

  private static ConfigDef.Recommender recommended(String... allowed) {
    List<Object> values = new ArrayList<>(Stream.of(allowed).toList());
    return new ConfigDef.Recommender() {
      @Override
      public List<Object> validValues(String name, Map<String, Object> parsed) {
        return values;
      }

      @Override
      public boolean visible(String name, Map<String, Object> parsed) {
        return true;
      }
    };
  }
}
