package io.distributary.it;

import io.distributary.quickstart.launcher.Await;
import io.distributary.source.DistributarySourceTask;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;

/**
 * A database of all that is odd in SQLite: names that are legal nowhere else, names that records
 * use themselves, every type, and values that are not of their column's type.
 */
final class OddShop {
  static final List<String> TABLES =
      List.of(
          "\"price-list\" (\"item no\" INTEGER PRIMARY KEY, \"unit price\" DECIMAL(10,2),"
              + " \"größe\" TEXT, \"1st\" REAL, \"select\" BLOB, \"a-b\" TEXT, a_b TEXT,"
              + " \"a b\" TEXT, \"价格\" NUMERIC(38,10), \"名称\" TEXT)",
          "\"9 lives\" (\"null\" TEXT, \"record\" INT, \"价\" TEXT, PRIMARY KEY (\"record\", \"null\"))",
          "\"select\" (id PRIMARY KEY, \"string\" VARCHAR(10) NOT NULL DEFAULT 'x')",
          "Envelope (op TEXT PRIMARY KEY, before TEXT, after TEXT, source INTEGER, ts_ms INTEGER,"
              + " \"transaction\" TEXT, irregular BLOB)",
          "Batch (\"key\" TEXT PRIMARY KEY, \"rows\" INTEGER, claim TEXT, kind TEXT, part REAL,"
              + " \"Value\" BLOB, \"Row\" TEXT, \"Key\u00e9\" TEXT)",
          "Value (id INTEGER PRIMARY KEY, __deleted INTEGER, \"\" TEXT)",
          "no_key (name TEXT, n INTEGER)",
          "types (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, n NUMERIC,"
              + " d DECIMAL(10,2), flag BOOLEAN, at DATETIME, day DATE, anything)",
          "emptied (id INTEGER PRIMARY KEY, name TEXT)");

  /** Looks like {@code price-list} where only Avro's characters are left. */
  static final String TWIN = "price_list (id INTEGER PRIMARY KEY, note TEXT, n INTEGER)";

  private static final List<String> VALUES =
      List.of(
          "NULL",
          "0",
          "1",
          "-9223372036854775808",
          "9007199254740993",
          "0.1",
          "-0.0",
          "9e999",
          "12.345",
          "''",
          "'text'",
          "char(0, 55357 + 73, 128512, 10)",
          "x''",
          "x'00ff'",
          "CAST(x'fffe41' AS TEXT)");

  private OddShop() {}

  /** Makes the database, with rows in each table. */
  static List<String> make(Path file, boolean twin) throws SQLException {
    List<String> tables = new ArrayList<>(TABLES);
    if (twin) {
      tables.add(TWIN);
    }
    for (String table : tables) {
      Chain.run(file, "CREATE TABLE " + table);
    }
    Chain.run(
        file,
        "INSERT INTO \"price-list\" VALUES (1, 12.99, 'ß', 0.5, x'01', 'dash', 'underscore',"
            + " 'space', 3.14, '名')",
        "INSERT INTO \"price-list\" (\"item no\", \"价格\") VALUES (2, 123456789012), (3, 'n/a')",
        "INSERT INTO \"9 lives\" VALUES ('', 9, 'x'), ('a', 9, NULL)",
        "INSERT INTO \"select\" VALUES (1, 'one'), ('1', 'text'), (x'31', 'blob'), (1.5, 'real')",
        "INSERT INTO Envelope VALUES ('u', 'b', 'a', 1, 2, 't', x'00'), ('c', NULL, NULL, NULL,"
            + " NULL, NULL, 'irregular')",
        "INSERT INTO Batch VALUES ('k', 1, 'c', 'snapshot', 0.25, x'02', 'r', 'é')",
        "INSERT INTO Value VALUES (1, 0, 'no name'), (2, NULL, NULL)",
        "INSERT INTO no_key VALUES ('a', 1), ('a', 1), (NULL, NULL)",
        "INSERT INTO emptied VALUES (1, 'gone')");
    if (twin) {
      Chain.run(file, "INSERT INTO price_list VALUES (1, 'another', 2)");
    }
    for (String value : VALUES) {
      Chain.run(
          file,
          "INSERT INTO types (i, r, t, b, n, d, flag, at, day, anything) VALUES ("
              + String.join(", ", java.util.Collections.nCopies(10, value))
              + ")");
    }
    return tables;
  }

  /** Changes each table: inserts, updates, deletes, and one table is emptied. */
  static void change(Path file, boolean twin) throws SQLException {
    List<String> changes =
        new ArrayList<>(
            List.of(
                "UPDATE \"price-list\" SET \"unit price\" = 1e30 WHERE \"item no\" = 1",
                "DELETE FROM \"price-list\" WHERE \"item no\" = 3",
                "UPDATE \"9 lives\" SET \"null\" = 'b' WHERE \"null\" = 'a'",
                "DELETE FROM \"select\" WHERE typeof(id) = 'blob'",
                "INSERT INTO Envelope (op, source) VALUES ('d', 'text')",
                "UPDATE Batch SET \"rows\" = 2",
                "DELETE FROM Value WHERE id = 1",
                "UPDATE no_key SET n = 2",
                "UPDATE types SET t = t || 'x', i = 'irregular' WHERE id % 2 = 0",
                "DELETE FROM types WHERE id = 3",
                "DELETE FROM emptied"));
    if (twin) {
      changes.add("UPDATE price_list SET note = NULL");
    }
    Chain.run(file, changes.toArray(String[]::new));
  }

  /** All records that a source yields: of the tables' snapshots, and of the changes after them. */
  static List<SourceRecord> records(Path file, String prefix, boolean twin, String... settings)
      throws Exception {
    int tables = make(file, twin).size();
    Map<String, String> config = new HashMap<>();
    config.put("name", "odd");
    config.put("connection.url", "jdbc:sqlite:" + file);
    config.put("topic.prefix", prefix);
    for (int i = 0; i < settings.length; i += 2) {
      config.put(settings[i], settings[i + 1]);
    }
    DistributarySourceTask task = new DistributarySourceTask();
    task.initialize(new Context(config));
    task.start(config);
    try {
      List<SourceRecord> records = new ArrayList<>(poll(task, tables));
      change(file, twin);
      records.addAll(poll(task, tables));
      return records;
    } finally {
      task.stop();
    }
  }

  /** Polls until each table had a record and the last record ends its unit. */
  private static List<SourceRecord> poll(DistributarySourceTask task, int tables) {
    List<SourceRecord> records = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    boolean[] whole = {false};
    Await.until(
        "record of each of the " + tables + " tables",
        Duration.ofSeconds(60),
        () -> {
          for (SourceRecord record : poll(task)) {
            records.add(record);
            if (record.value() instanceof Struct value) {
              Struct source = value.getStruct("source");
              seen.add(source.getString("table"));
              whole[0] = source.getBoolean("last");
            }
          }
          return seen.size() == tables && whole[0];
        });
    return records;
  }

  private static List<SourceRecord> poll(DistributarySourceTask task) {
    try {
      List<SourceRecord> records = task.poll();
      return records == null ? List.of() : records;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private record Context(Map<String, String> configs) implements SourceTaskContext {
    @Override
    public OffsetStorageReader offsetStorageReader() {
      return new Nothing();
    }
  }

  private static final class Nothing implements OffsetStorageReader {
    @Override
    public <T> Map<String, Object> offset(Map<String, T> partition) {
      return null;
    }

    @Override
    public <T> Map<Map<String, T>, Map<String, Object>> offsets(
        java.util.Collection<Map<String, T>> partitions) {
      return Map.of();
    }
  }
}
