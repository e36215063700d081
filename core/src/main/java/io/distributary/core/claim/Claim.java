package io.distributary.core.claim;

import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

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

  /** The Connect schema of a claim; optional, as most records carry their rows themselves. */
  public static final Schema SCHEMA =
      SchemaBuilder.struct()
          .name("io.distributary.Claim")
          .optional()
          .field("store", Schema.STRING_SCHEMA)
          .field("id", Schema.STRING_SCHEMA)
          .field("chunks", Schema.INT32_SCHEMA)
          .field("rows", Schema.INT64_SCHEMA)
          .field("bytes", Schema.INT64_SCHEMA)
          .field("checksum", Schema.INT64_SCHEMA)
          .build();

  /** The claim in its Connect form. */
  public Struct toStruct() {
    return new Struct(SCHEMA)
        .put("store", store)
        .put("id", id)
        .put("chunks", chunks)
        .put("rows", rows)
        .put("bytes", bytes)
        .put("checksum", checksum);
  }
}
