package io.distributary.core.signal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * Asks a source for a snapshot. On the signal topic it is the value {@code {"action": "snapshot",
 * "table_name": "prices"}}: what stands in the columns of the signal table in the source database.
 *
 * @param table the table's name, with its schema where the database has some; {@link #ALL_TABLES}
 *     for all that are captured
 */
public record SnapshotRequest(String table) {
  /** Stands for all captured tables. */
  public static final String ALL_TABLES = "*";

  private static final String ACTION = "action";
  private static final String SNAPSHOT = "snapshot";
  private static final String TABLE = "table_name";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Checks that there is a table. */
  public SnapshotRequest {
    Objects.requireNonNull(table, "table");
  }

  /** The topic on which a source reads requests, behind its {@code topic.prefix}. */
  public static String topic(String prefix) {
    return prefix + ".signal";
  }

  /** Whether all captured tables are meant. */
  public boolean allTables() {
    return table.equals(ALL_TABLES);
  }

  /**
   * The request that a record's value is. More fields than the two are allowed.
   *
   * @param value the value; null for none
   * @throws IllegalArgumentException when it is none; the message says why and quotes nothing of it
   */
  public static SnapshotRequest parse(byte[] value) {
    JsonNode signal = read(value);
    if (!SNAPSHOT.equals(signal.path(ACTION).asText(null))) {
      throw new IllegalArgumentException("its action is not 'snapshot', the only one there is");
    }
    String table = signal.path(TABLE).asText("");
    if (table.isEmpty()) {
      throw new IllegalArgumentException("it lacks table_name");
    }
    return new SnapshotRequest(table);
  }

  private static JsonNode read(byte[] value) {
    try {
      JsonNode signal = value == null ? null : JSON.readTree(value);
      if (signal == null || !signal.isObject()) {
        throw new IllegalArgumentException("it is no JSON object");
      }
      return signal;
    } catch (IOException e) {
      throw new IllegalArgumentException("it is no JSON", e);
    }
  }

  /** The request as a record's value. */
  public byte[] value() {
    try {
      return JSON.writeValueAsString(Map.of(ACTION, SNAPSHOT, TABLE, table))
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("two texts are always JSON", e);
    }
  }
}
