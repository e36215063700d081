package io.distributary.source.postgres;

import io.distributary.core.relation.Names;
import io.distributary.core.relation.postgres.TimeLiterals;
import io.distributary.source.capture.CaptureException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/**
 * Completes rows whose key has changed. They arrive as a delete and a create, and a create needs
 * all values, but those that are large and were not touched are not logged. They are looked up in
 * the table: if they were changed since, that change is still to come and says the same.
 *
 * <p>Not for several threads.
 */
final class MovedRows {
  private final Connection connection;
  private boolean prepared;

  /**
   * Completes rows of a database.
   *
   * @param connection stays the caller's
   */
  MovedRows(Connection connection) {
    this.connection = connection;
  }

  /**
   * Fills in what was not logged.
   *
   * @param row the row under its new key, as {@link ValueTransport} carried it
   * @return whether the row is complete now; false where it is gone, or has moved on, of which the
   *     stream is still to tell
   */
  boolean complete(CapturedTable table, Struct row) {
    List<Field> missing =
        row.schema().fields().stream().filter(field -> untouched(row.get(field))).toList();
    if (missing.isEmpty()) {
      return true;
    }
    try {
      return lookUp(table, row, missing);
    } catch (SQLException e) {
      throw new CaptureException(
          "A row of table "
              + table
              + " got another key, and "
              + missing.stream().map(Field::name).toList()
              + ", which the server does not log then, could not be looked up: "
              + e.getMessage()
              + ". Restart the task; ALTER TABLE "
              + table.sql()
              + " REPLICA IDENTITY FULL makes the server log such values from then on",
          e);
    }
  }

  private static boolean untouched(Object carried) {
    return carried instanceof ByteBuffer || ValueTransport.UNTOUCHED.equals(carried);
  }

  private boolean lookUp(CapturedTable table, Struct row, List<Field> missing) throws SQLException {
    prepare();
    List<Field> key = new ArrayList<>();
    table.key().forEach(column -> key.add(row.schema().field(column)));
    String columns = missing.stream().map(MovedRows::column).collect(Collectors.joining(", "));
    String conditions =
        key.stream().map(field -> condition(table, field)).collect(Collectors.joining(" AND "));
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT " + columns + " FROM " + table.from() + " WHERE " + conditions)) {
      for (int i = 0; i < key.size(); i++) {
        query.setObject(i + 1, literal(key.get(i), row.get(key.get(i))));
      }
      try (ResultSet found = query.executeQuery()) {
        if (!found.next()) {
          return false;
        }
        for (int i = 0; i < missing.size(); i++) {
          Field field = missing.get(i);
          row.put(field, isBytes(field) ? found.getBytes(i + 1) : found.getString(i + 1));
        }
        return true;
      }
    }
  }

  /** Texts as Debezium's connection gets them. */
  private void prepare() throws SQLException {
    if (!prepared) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(
            "SET IntervalStyle = 'postgres'; SET lc_monetary = 'C'; SET bytea_output = 'hex'");
      }
      prepared = true;
    }
  }

  private static boolean isBytes(Field field) {
    return field.schema().type() == Schema.Type.BYTES;
  }

  private static String column(Field field) {
    return Names.quoted(field.name()) + (isBytes(field) ? "" : "::text");
  }

  private static String condition(CapturedTable table, Field field) {
    String parameter = isBytes(field) ? "?" : "?::" + table.types().get(field.name());
    return Names.quoted(field.name()) + " = " + parameter;
  }

  /** A carried value as PostgreSQL reads it. */
  private static Object literal(Field field, Object carried) {
    return switch (Integer.parseUnsignedInt(field.schema().parameters().get(ValueTransport.OID))) {
      case Oids.BYTEA -> carried;
      case Oids.DATE -> TimeLiterals.dateText((Integer) carried);
      case Oids.TIMESTAMP -> TimeLiterals.timestampText((Long) carried);
      case Oids.TIMESTAMP_WITH_TIME_ZONE -> TimeLiterals.zonedTimestampText((Long) carried);
      default -> String.valueOf(carried);
    };
  }
}
