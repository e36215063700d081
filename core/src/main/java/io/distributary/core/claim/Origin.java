package io.distributary.core.claim;

import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the values of a chunk come from. It stands in the chunk's header, for those who read the
 * rows and for those who decide what is no longer needed.
 *
 * @param topic the topic of the record that the claim stands in
 * @param kind what the unit states; null for other connectors' records
 * @param position where the unit stands in its source's history; null for other connectors' records
 * @param table the table of the rows; null for other connectors' records
 * @param key the names of the key's fields in the rows, in the key's order
 */
public record Origin(
    String topic, UnitKind kind, Position position, TableId table, List<String> key) {
  private static final String TOPIC = "distributary.topic";
  private static final String KIND = "distributary.kind";
  private static final String EPOCH = "distributary.epoch";
  private static final String LSN = "distributary.lsn";
  private static final String DATABASE = "distributary.db";
  private static final String SCHEMA = "distributary.schema";
  private static final String TABLE = "distributary.table";
  private static final String KEY = "distributary.key.";

  /** Copies the key. */
  public Origin {
    key = List.copyOf(key);
  }

  /** The origin of a record that is stored whole. */
  public static Origin ofRecord(String topic) {
    return new Origin(topic, null, null, null, List.of());
  }

  /** The header's entries that say this. */
  Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    labels.put(TOPIC, topic);
    if (kind != null) {
      labels.put(KIND, kind.code());
    }
    if (position != null) {
      labels.put(EPOCH, position.epoch());
      labels.put(LSN, Long.toString(position.lsn()));
    }
    if (table != null) {
      putPresent(labels, DATABASE, table.database());
      putPresent(labels, SCHEMA, table.schema());
      labels.put(TABLE, table.name());
    }
    for (int i = 0; i < key.size(); i++) {
      labels.put(KEY + i, key.get(i));
    }
    return labels;
  }

  private static void putPresent(Map<String, String> labels, String label, String value) {
    if (value != null) {
      labels.put(label, value);
    }
  }

  /** The origin that a header's entries say. */
  static Origin of(Map<String, String> labels) {
    String kind = labels.get(KIND);
    String lsn = labels.get(LSN);
    String table = labels.get(TABLE);
    List<String> key = new ArrayList<>();
    for (int i = 0; labels.containsKey(KEY + i); i++) {
      key.add(labels.get(KEY + i));
    }
    return new Origin(
        labels.get(TOPIC),
        kind == null ? null : UnitKind.of(kind),
        lsn == null ? null : new Position(labels.get(EPOCH), Long.parseLong(lsn)),
        table == null ? null : new TableId(labels.get(DATABASE), labels.get(SCHEMA), table),
        key);
  }
}
