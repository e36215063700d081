package io.distributary.source.postgres;

import io.debezium.config.Configuration;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.distributary.source.capture.CaptureException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The settings that Debezium's task is run with. */
final class DebeziumSettings {
  /** The topic of notifications, which tell how a snapshot goes. */
  static final String NOTIFICATIONS = "notifications";

  /** What users set in other ways or not at all: the capture rests on it. */
  private static final List<Pattern> FIXED =
      List.of(
          Pattern.compile(
              "connector\\.class|name|tasks\\.max|topic\\.prefix|plugin\\.name|slot\\.(name|drop"
                  + "\\.on\\.stop|failover)|publication\\..*|table\\..*|schema\\.(in|ex)clude.*"
                  + "|snapshot\\.(?!fetch\\.size$|select\\.statement\\.overrides|lock).*"
                  + "|provide\\.transaction\\.metadata|tombstones\\.on\\.delete"
                  + "|skipped\\.operations|errors\\.max\\.retries|poll\\.interval\\.ms"
                  + "|event\\.converting\\.failure\\.handling\\.mode|notification\\..*"
                  + "|signal\\..*|read\\.only|unavailable\\.value\\.placeholder"
                  + "|converters|distributary\\..*|include\\.unknown\\.datatypes"
                  + "|heartbeat\\..*|lsn\\.flush\\.mode|offset\\..*|flush\\.lsn\\.source"
                  + "|message\\.(prefix|key)\\..*|incremental\\..*|transaction\\..*"
                  + "|transforms.*|predicates.*|topic\\..*|schema\\.name\\.adjustment.*"
                  + "|field\\.name\\.adjustment.*|xmin\\..*"),
          Pattern.compile("database\\.(hostname|port|user|password|dbname)"));

  private static final String EXCLUDED_COLUMNS = "column.exclude.list";
  private static final String INCLUDED_COLUMNS = "column.include.list";

  private DebeziumSettings() {}

  /** What users put before the names of Debezium's settings. */
  private static final String PREFIX = "debezium.";

  /**
   * Refuses what the capture itself sets, and what Debezium would refuse without saying why.
   *
   * @throws CaptureException that names the settings
   */
  static void require(PostgresCaptureSettings settings) {
    require(errors(settings));
  }

  /**
   * Refuses what does not go with the tables.
   *
   * @throws CaptureException that names the settings
   */
  static void require(PostgresCaptureSettings settings, Collection<CapturedTable> tables) {
    require(errors(settings, tables));
  }

  private static void require(SortedMap<String, String> errors) {
    if (!errors.isEmpty()) {
      throw new CaptureException(
          errors.entrySet().stream()
              .map(error -> error.getKey() + " " + error.getValue())
              .collect(Collectors.joining(". ")));
    }
  }

  /** Why users' settings cannot be used, by their names; empty if they can. */
  static SortedMap<String, String> errors(PostgresCaptureSettings settings) {
    SortedMap<String, String> errors = new TreeMap<>();
    Configuration.from(streaming(settings))
        .validate(
            PostgresConnectorConfig.ALL_FIELDS,
            (field, value, problem) -> {
              if (settings.debezium().containsKey(field.name())) {
                errors.put(PREFIX + field.name(), "is refused by Debezium: " + problem);
              }
            });
    for (String name : settings.debezium().keySet()) {
      if (FIXED.stream().anyMatch(pattern -> pattern.matcher(name).matches())) {
        errors.put(
            PREFIX + name,
            "cannot be set: the capture rests on the value that it gives. Tables, slot, publication,"
                + " snapshots and heartbeats have settings of the connector's own; leave it out");
      }
    }
    return errors;
  }

  /** Why users' settings do not go with the tables, by their names; empty if they do. */
  static SortedMap<String, String> errors(
      PostgresCaptureSettings settings, Collection<CapturedTable> tables) {
    SortedMap<String, String> errors = new TreeMap<>();
    for (CapturedTable table : tables) {
      for (String column : table.key()) {
        String leaving = leaving(table + "." + column, settings.debezium());
        if (leaving != null) {
          errors.put(
              PREFIX + leaving,
              "leaves out "
                  + table
                  + "."
                  + column
                  + ", which is part of the table's key: its rows could not be told apart. Keep it,"
                  + " or exclude the table");
        }
      }
    }
    return errors;
  }

  /** The setting that leaves a column out; null where none does. */
  private static String leaving(String column, Map<String, String> debezium) {
    String exclude = debezium.get(EXCLUDED_COLUMNS);
    if (exclude != null && matches(exclude, column)) {
      return EXCLUDED_COLUMNS;
    }
    String include = debezium.get(INCLUDED_COLUMNS);
    return include != null && !matches(include, column) ? INCLUDED_COLUMNS : null;
  }

  private static boolean matches(String expressions, String column) {
    return Arrays.stream(expressions.split(","))
        .map(String::trim)
        .anyMatch(e -> Pattern.compile(e, Pattern.CASE_INSENSITIVE).matcher(column).matches());
  }

  /** What Debezium's replication connections call themselves on the server. */
  static final String APPLICATION_NAME = "Debezium Streaming";

  /** For the task that follows the slot. */
  static Map<String, String> streaming(PostgresCaptureSettings settings) {
    Map<String, String> task = common(settings);
    task.put("topic.prefix", own(settings.names().slot()));
    task.put("slot.name", settings.names().slot());
    task.put("snapshot.mode", "no_data");
    String include = String.join(",", settings.tables().include());
    if (!include.isEmpty()) {
      task.put("table.include.list", include + ",.*\\." + Catalogue.SIGNALS);
    } else if (!settings.tables().exclude().isEmpty()) {
      task.put("table.exclude.list", String.join(",", settings.tables().exclude()));
    }
    return task;
  }

  /**
   * A name that no other task in this JVM has: Debezium's metrics are named by it, and where
   * another task of that name is left, it waits for minutes.
   */
  private static String own(String slot) {
    return slot + "-" + Long.toHexString(System.nanoTime());
  }

  /** The slot of snapshots. */
  static String snapshotSlot(PostgresCaptureSettings settings) {
    return settings.names().slot() + "_snapshot";
  }

  /** For a task that reads tables whole, at the LSN of a slot that it makes for that. */
  static Map<String, String> snapshot(
      PostgresCaptureSettings settings, Collection<CapturedTable> tables) {
    Map<String, String> task = common(settings);
    task.put("topic.prefix", own(snapshotSlot(settings)));
    task.put("slot.name", snapshotSlot(settings));
    task.put("slot.drop.on.stop", "true");
    task.put("snapshot.mode", "initial");
    task.put(
        "table.include.list",
        tables.stream().map(table -> regex(table.toString())).collect(Collectors.joining(",")));
    // The stream does not have them either.
    String generated =
        tables.stream()
            .flatMap(table -> table.generated().stream().map(column -> table + "." + column))
            .map(DebeziumSettings::regex)
            .collect(Collectors.joining(","));
    if (!generated.isEmpty()) {
      task.merge(EXCLUDED_COLUMNS, generated, (users, ours) -> users + "," + ours);
    }
    task.put("notification.enabled.channels", "sink");
    task.put("notification.sink.topic.name", NOTIFICATIONS);
    return task;
  }

  /**
   * An expression that a name alone matches, in its own case: Debezium asks for none. Lists are
   * split at commas.
   */
  private static String regex(String name) {
    StringBuilder regex = new StringBuilder("(?-i)");
    name.chars()
        .forEach(
            c -> {
              if (Character.isLetterOrDigit(c) || c == '_' || c > 127) {
                regex.append((char) c);
              } else {
                regex.append("\\x").append("%02X".formatted(c));
              }
            });
    return regex.toString();
  }

  private static Map<String, String> common(PostgresCaptureSettings settings) {
    ServerAddress server = settings.server();
    Map<String, String> task = new HashMap<>();
    server.options().forEach((name, value) -> task.put("driver." + name, value));
    task.put("max.batch.size", "2048");
    task.put("max.queue.size", "8192");
    task.put("max.queue.size.in.bytes", Long.toString(32L << 20));
    task.putAll(settings.debezium());

    task.put("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    task.put("name", settings.names().connector());
    task.put("database.hostname", server.host());
    task.put("database.port", Integer.toString(server.port()));
    task.put("database.user", server.user());
    // Debezium wants one, even where the server does not ask for it.
    task.put("database.password", server.password() == null ? "-" : server.password());
    task.put("database.dbname", server.database());
    task.put("plugin.name", "pgoutput");
    task.put("publication.name", settings.names().publication());
    task.put("publication.autocreate.mode", "disabled");
    task.put("provide.transaction.metadata", "true");
    task.put("tombstones.on.delete", "false");
    task.put("skipped.operations", "none");
    task.put("errors.max.retries", "0");
    task.put("poll.interval.ms", Long.toString(settings.times().poll().toMillis()));
    task.put("event.converting.failure.handling.mode", "fail");
    ValueTransport.settings()
        .forEach(
            (name, value) ->
                task.merge(
                    name,
                    value,
                    (users, ours) -> name.equals("driver.options") ? users + " " + ours : ours));
    return task;
  }
}
