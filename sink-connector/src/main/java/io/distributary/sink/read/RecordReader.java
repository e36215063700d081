package io.distributary.sink.read;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Reads records of every form the sink understands: Distributary's batches and envelopes,
 * Debezium's envelopes, command packets, flat rows and tombstones, with and without schemas.
 *
 * <p>Not safe for use by several threads.
 */
public final class RecordReader {
  private static final int KEPT = 1000;

  private final TableNames names = new TableNames();
  private final Reader tombstones = new TombstoneReader(names);
  private final IdentityHashMap<Schema, Reader> byIdentity = new IdentityHashMap<>();
  private final Map<Schema, Reader> byValue = new HashMap<>();
  private final Map<Kind, Reader> schemaless = new HashMap<>();
  private Schema lastSchema;
  private Reader last;

  /**
   * What the record says.
   *
   * @throws DataException for a record of no known form; the message names topic, partition and
   *     offset, and what was expected
   */
  public Incoming read(SinkRecord record) {
    try {
      return reader(record).read(record);
    } catch (DataException
        | ClassCastException
        | NullPointerException
        | IllegalArgumentException e) {
      throw new DataException(
          "The record at offset "
              + record.kafkaOffset()
              + " of "
              + record.originalTopic()
              + "-"
              + record.originalKafkaPartition()
              + " cannot be read: "
              + (e instanceof DataException || e instanceof IllegalArgumentException
                  ? e.getMessage()
                  : "it resembles a "
                      + kind(record)
                      + ", but a field is missing or of a wrong type"),
          e);
    }
  }

  /**
   * Whether the record ends its unit, as far as can be told without reading all of it; true for a
   * record of no known form, which stands alone.
   */
  public boolean endsUnit(SinkRecord record) {
    try {
      return reader(record).endsUnit(record);
    } catch (DataException | ClassCastException | NullPointerException e) {
      return true; // reading it will say what is wrong
    }
  }

  private Reader reader(SinkRecord record) {
    Object value = record.value();
    if (value == null) {
      return tombstones;
    }
    if (value instanceof Struct struct) {
      if (struct.schema() != lastSchema) {
        lastSchema = null;
        last = reader(struct.schema(), record);
        lastSchema = struct.schema();
      }
      return last;
    }
    if (value instanceof Map) {
      Kind kind = kind(record);
      return schemaless.computeIfAbsent(kind, some -> make(some, null));
    }
    throw new DataException(
        "expected a struct or a map as its value (a Distributary batch or envelope, a Debezium"
            + " envelope, a command packet, or a row), but found a "
            + value.getClass().getName()
            + "; check value.converter");
  }

  /** Equal schemas share a reader: converters may build a schema anew for each record. */
  private Reader reader(Schema schema, SinkRecord record) {
    Reader known = byIdentity.get(schema);
    if (known != null) {
      return known;
    }
    if (byIdentity.size() > KEPT) {
      byIdentity.clear();
    }
    if (byValue.size() > KEPT) {
      byValue.clear();
    }
    Reader reader = byValue.computeIfAbsent(schema, of -> make(kind(record), of));
    byIdentity.put(schema, reader);
    return reader;
  }

  private static Kind kind(SinkRecord record) {
    return Kind.of(record.value());
  }

  private Reader make(Kind kind, Schema schema) {
    return switch (kind) {
      case BATCH -> new BatchReader(schema, names);
      case ENVELOPE -> new EnvelopeReader(schema, names);
      case COMMAND -> new CommandReader(schema, names);
      case ROW -> new FlatReader(schema, names);
    };
  }
}
