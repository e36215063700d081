package io.distributary.core.claim.chunk;

import org.apache.kafka.connect.data.Schema;

/**
 * How the values of one Connect schema are written and read: the Avro schema and what was derived
 * from it, made once and used for many chunks.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class RowFormat {
  private final Schema schema;
  private final String text;
  private final ValueWriter writer;
  private final ValueReader reader;

  private RowFormat(Schema schema, org.apache.avro.Schema avro) {
    this.schema = schema;
    this.text = avro.toString();
    this.writer = ValueWriter.of(schema);
    this.reader = ValueReader.of(schema);
  }

  /**
   * The format of values with that schema.
   *
   * @param schema any Connect schema; null for values that have none
   */
  public static RowFormat of(Schema schema) {
    return new RowFormat(schema, AvroSchemas.of(schema));
  }

  /** The format of a chunk with that Avro schema, which {@link #text} gave. */
  static RowFormat parsed(String text) {
    org.apache.avro.Schema avro = new org.apache.avro.Schema.Parser().parse(text);
    return new RowFormat(ConnectSchemas.of(avro), avro);
  }

  /** The Connect schema of the values; null where they have none. */
  public Schema schema() {
    return schema;
  }

  /** The Avro schema as it stands in a chunk's header, by which a reader knows the format. */
  public String text() {
    return text;
  }

  ValueWriter writer() {
    return writer;
  }

  ValueReader reader() {
    return reader;
  }
}
