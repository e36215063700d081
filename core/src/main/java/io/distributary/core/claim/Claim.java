package io.distributary.core.claim;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;

/**
 * The reference that stands in a record for rows kept in a claim-check store.
 *
 * @param store the name of the store's kind, for example {@code cassandra}
 * @param id identifies the claim within its store
 * @param chunks how many chunks it has, numbered from 0
 * @param rows how many rows all chunks hold together
 * @param bytes how many bytes all chunks hold together, as stored
 * @param checksum over the checksums of all chunks, in order
 */
public record Claim(String store, String id, int chunks, long rows, long bytes, long checksum) {

  /** The Connect schema of a claim in a batch; optional, as most carry their rows themselves. */
  public static final Schema SCHEMA = fields().optional().build();

  /**
   * The Connect schema of a claim that stands for a whole record: never null, for Avro's converters
   * know no value that is null but has a schema.
   */
  public static final Schema RECORD_SCHEMA = fields().build();

  private static SchemaBuilder fields() {
    return SchemaBuilder.struct()
        .name("io.distributary.Claim")
        .field("store", Schema.STRING_SCHEMA)
        .field("id", Schema.STRING_SCHEMA)
        .field("chunks", Schema.INT32_SCHEMA)
        .field("rows", Schema.INT64_SCHEMA)
        .field("bytes", Schema.INT64_SCHEMA)
        .field("checksum", Schema.INT64_SCHEMA);
  }

  /**
   * The claim behind its Connect form.
   *
   * @param form a {@link Struct} of {@link #SCHEMA}, or the map that a converter without schemas
   *     makes of it; null where a record has no claim
   * @return the claim; null for null
   * @throws DataException when a field is missing or of another type
   */
  public static Claim of(Object form) {
    if (form == null) {
      return null;
    }
    try {
      if (form instanceof Struct struct) {
        return of(struct::get);
      }
      return of(((Map<?, ?>) form)::get);
    } catch (ClassCastException | NullPointerException e) {
      throw new DataException(
          "A claim must have the fields store, id, chunks, rows, bytes and checksum", e);
    }
  }

  private static Claim of(Function<String, Object> fields) {
    return new Claim(
        (String) Objects.requireNonNull(fields.apply("store")),
        (String) Objects.requireNonNull(fields.apply("id")),
        ((Number) fields.apply("chunks")).intValue(),
        ((Number) fields.apply("rows")).longValue(),
        ((Number) fields.apply("bytes")).longValue(),
        ((Number) fields.apply("checksum")).longValue());
  }

  /** The claim in its Connect form, for a batch. */
  public Struct toStruct() {
    return toStruct(SCHEMA);
  }

  /** The claim in its Connect form, for a whole record. */
  public Struct toRecord() {
    return toStruct(RECORD_SCHEMA);
  }

  private Struct toStruct(Schema schema) {
    return new Struct(schema)
        .put("store", store)
        .put("id", id)
        .put("chunks", chunks)
        .put("rows", rows)
        .put("bytes", bytes)
        .put("checksum", checksum);
  }
}
