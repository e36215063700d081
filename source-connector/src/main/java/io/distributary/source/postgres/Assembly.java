package io.distributary.source.postgres;

import io.distributary.core.record.Op;
import io.distributary.source.capture.CaptureException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * Puts Debezium's stream of BEGIN, changes and END together into transactions. They are told apart
 * by that alone: what is called a transaction's id differs from row to row.
 *
 * <p>Not for several threads.
 */
final class Assembly implements AutoCloseable {
  /** Debezium's header of a create that is the second half of an update which changed the key. */
  private static final String MOVED = "__debezium.oldkey";

  /** Finds a captured table; null for one that is not. */
  @FunctionalInterface
  interface Tables {
    CapturedTable find(String schema, String table);
  }

  private final PostgresCaptureSettings settings;
  private final Tables tables;
  private final RowShapes shapes;
  private final MovedRows moved;
  private final Map<CapturedTable, ChangeReader> readers = new HashMap<>();
  private Schema lastSchema;
  private ChangeReader lastReader;
  private CapturedTable lastTable;
  private Transaction open;

  Assembly(PostgresCaptureSettings settings, Tables tables, RowShapes shapes, MovedRows moved) {
    this.settings = settings;
    this.tables = tables;
    this.shapes = shapes;
    this.moved = moved;
  }

  /** The prefix of the messages that a capture writes into the server's log. */
  static String heartbeat(PostgresCaptureSettings settings) {
    return "distributary." + settings.names().slot();
  }

  /**
   * Takes the next record.
   *
   * @return the transaction that it ends; null if it ends none
   * @throws CaptureException when the stream is not one of whole transactions
   */
  Transaction take(SourceRecord record) {
    if (!(record.value() instanceof Struct value)) {
      return null; // a tombstone
    }
    Schema schema = value.schema();
    if (schema.field("op") != null) {
      event(record, value);
    } else if (schema.field("status") != null) {
      if ("BEGIN".equals(value.get("status"))) {
        begin(record);
      } else {
        return end(record, value);
      }
    } // else a heartbeat, which may stand anywhere
    return null;
  }

  private void begin(SourceRecord record) {
    if (open != null) {
      throw broken("transaction " + open.id() + " has not ended where the next one begins");
    }
    open = new Transaction(number(record, "txId"), settings.holding());
  }

  private void event(SourceRecord record, Struct value) {
    Schema schema = value.schema();
    if (schema.field("message") != null) {
      message(value.getStruct("message"));
      return;
    }
    if (open == null) {
      throw broken("a change stands outside of any transaction");
    }
    open.count();
    if (schema != lastSchema) {
      find(value);
    }
    if (lastTable != null) {
      if (settings.snapshots().truncation() == Truncation.REFUSED
          && Op.TRUNCATE.code().equals(value.get("op"))) {
        throw new CaptureException(
            "Table "
                + lastTable
                + " was truncated, and ordering=key has no way to say that: each row is a unit of"
                + " its own. Use ordering=transaction; or leave the table out with"
                + " table.exclude.list, and use DELETE in the place of TRUNCATE");
      }
      if (record.headers().lastWithName(MOVED) == null
          || moved.complete(lastTable, value.getStruct("after"))) {
        open.add(lastTable, lastReader, value);
      }
    }
  }

  /** A message that an application wrote into the log, in a transaction or, at once, beside all. */
  private void message(Struct message) {
    if (open != null) {
      open.count();
      if (heartbeat(settings).equals(message.getString("prefix"))) {
        open.beats();
      }
    }
  }

  /** Rows of one table and shape come with one and the same schema, until they don't. */
  private void find(Struct value) {
    Struct source = value.getStruct("source");
    lastTable = tables.find(source.getString("schema"), source.getString("table"));
    lastReader = lastTable == null ? null : reader(lastTable, value.schema());
    lastSchema = value.schema();
  }

  private ChangeReader reader(CapturedTable table, Schema schema) {
    ChangeReader known = readers.get(table);
    if (known == null || !known.reads(table, schema)) {
      known = new ChangeReader(table, schema, shapes);
      readers.put(table, known);
    }
    return known;
  }

  /** Forgets which tables are captured: they have changed. */
  void tablesChanged() {
    lastSchema = null;
    readers.clear();
  }

  private Transaction end(SourceRecord record, Struct value) {
    if (open == null) {
      throw broken("a transaction ends that has not begun");
    }
    Field count = value.schema().field("event_count");
    long expected = value.get(count) == null ? 0 : (Long) value.get(count);
    if (expected != open.events()) {
      throw broken(
          "transaction "
              + open.id()
              + " came with "
              + open.events()
              + " events in place of "
              + expected);
    }
    Transaction ended = open;
    open = null;
    ended.end(number(record, "lsn_commit"), number(record, "ts_usec"));
    return ended;
  }

  private static long number(SourceRecord record, String field) {
    if (record.sourceOffset().get(field) instanceof Number number) {
      return number.longValue();
    }
    throw broken("a record has no " + field);
  }

  private static CaptureException broken(String what) {
    return new CaptureException(
        "What Debezium delivers is not whole: "
            + what
            + ". Nothing of it was passed on. Restart the task, which reads it again; if it happens"
            + " twice, report it.");
  }

  /** Forgets a transaction whose end is still to come. */
  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
