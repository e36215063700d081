package io.distributary.sink.write;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Inserts rows into a table by COPY: in binary form, or as text where a value has none. Both
 * formats are in PostgreSQL's documentation of COPY, "File Formats".
 */
final class PostgresCopy implements Bulk {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  /** How much is encoded before it is sent, and how much is sent in one message. */
  private static final int SLICE = 1 << 22;

  private static final int MESSAGE = 1 << 16;

  private final Connection connection;
  private final String command;
  private final int[] images;
  private final PostgresColumn[] columns;
  private final boolean binary;
  private final String end;
  private final PostgresBuffer buffer = new PostgresBuffer(MESSAGE);

  /**
   * A copy.
   *
   * @param table the table's identifier
   * @param names the columns' identifiers
   * @param columns how values come to them
   * @param images where images hold the values
   * @param marker the identifier of a marker column, which is 0 in each row; null for none
   */
  PostgresCopy(
      Connection connection,
      String table,
      List<String> names,
      PostgresColumn[] columns,
      int[] images,
      String marker) {
    this.connection = connection;
    this.command =
        "COPY "
            + table
            + " ("
            + String.join(", ", names)
            + (marker == null ? "" : ", " + marker)
            + ") FROM STDIN";
    this.columns = columns;
    this.images = images;
    this.binary = marker == null && Arrays.stream(columns).allMatch(PostgresColumn::hasBinary);
    this.end = marker == null ? "\n" : "\t0\n";
  }

  @Override
  public void run(Object[][] rows, int from, int to) throws SQLException {
    int at = from;
    while (at < to) {
      int end = binary ? encodeBinary(rows, at, to) : at;
      if (end > at) {
        send(command + " (FORMAT binary)");
      } else {
        end = encodeText(rows, at, to);
        send(command);
      }
      at = end;
    }
  }

  /**
   * Encodes rows up to a slice's size; all before anything is sent, as a copy that is broken off
   * would end the transaction.
   *
   * @return where the slice ends; where it began if a value of it has no binary form
   */
  private int encodeBinary(Object[][] rows, int from, int to) {
    buffer.size(0);
    buffer.bytes(SIGNATURE);
    int at = from;
    while (at < to && buffer.size() < SLICE) {
      buffer.int2(columns.length);
      for (int i = 0; i < columns.length; i++) {
        if (!columns[i].write(buffer, rows[at][images[i]])) {
          return from;
        }
      }
      at++;
    }
    buffer.int2(-1);
    return at;
  }

  private int encodeText(Object[][] rows, int from, int to) {
    buffer.size(0);
    int at = from;
    while (at < to && buffer.size() < SLICE) {
      for (int i = 0; i < columns.length; i++) {
        if (i > 0) {
          buffer.int1('\t');
        }
        field(columns[i].text(rows[at][images[i]]));
      }
      buffer.text(end);
      at++;
    }
    return at;
  }

  private void field(String text) {
    if (text == null) {
      buffer.text("\\N");
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (byte b : bytes) {
      switch (b) {
        case '\\' -> buffer.text("\\\\");
        case '\n' -> buffer.text("\\n");
        case '\r' -> buffer.text("\\r");
        case '\t' -> buffer.text("\\t");
        default -> buffer.int1(b);
      }
    }
  }

  private void send(String sql) throws SQLException {
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
    try {
      for (int at = 0; at < buffer.size(); at += MESSAGE) {
        copy.writeToCopy(buffer.array(), at, Math.min(MESSAGE, buffer.size() - at));
      }
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  @Override
  public void close() {
    // A copy lives only while it runs.
  }
}
