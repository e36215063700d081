package io.distributary.core.claim.chunk;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.file.DataFileConstants;

/**
 * An Avro object container file in memory, its blocks compressed by zstd with a checksum, as the <a
 * href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Avro
 * specification</a> has it. Avro's own writer makes the schema's text anew for each file and
 * compresses through streams, which takes a multiple of the time for files as small as chunks.
 *
 * <p>Not safe for use by several threads.
 */
final class ContainerWriter {
  private static final int FIRST_CAPACITY = 4 * 1024;

  private final BytesEncoder file = new BytesEncoder(FIRST_CAPACITY);
  private final byte[] marker;

  /**
   * Begins a file.
   *
   * @param schema the text of the values' schema
   * @param labels further entries of the header, in the order in which they are to stand there
   * @param marker the 16 bytes that end each block
   */
  ContainerWriter(String schema, Map<String, String> labels, byte[] marker) {
    this.marker = marker;
    file.writeFixed(DataFileConstants.MAGIC, 0, DataFileConstants.MAGIC.length);
    file.beginItems(labels.size() + 2);
    writeEntry(DataFileConstants.SCHEMA, schema);
    writeEntry(DataFileConstants.CODEC, DataFileConstants.ZSTANDARD_CODEC);
    labels.forEach(this::writeEntry);
    file.endItems();
    file.writeFixed(marker, 0, marker.length);
  }

  private void writeEntry(String key, String value) {
    file.writeString(key);
    file.writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a block of so many values. */
  void addBlock(int values, BytesEncoder block) {
    file.writeLong(values);
    file.writeBytes(Compression.ofThread().compressed(block.array(), block.size()));
    file.writeFixed(marker, 0, marker.length);
  }

  /** How many bytes it has by now. */
  int size() {
    return file.size();
  }

  /** The file. */
  byte[] toByteArray() {
    return file.toByteArray();
  }
}
