package io.distributary.core.claim.chunk;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.avro.file.DataFileConstants;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * An Avro object container file in memory, its blocks compressed by zstd with a checksum, as the <a
 * href="https://avro.apache.org/docs/1.12.0/specification/#object-container-files">Avro
 * specification</a> has it. Avro's own writer makes the schema's text anew for each file and
 * compresses through streams, which takes a multiple of the time for files as small as chunks.
 *
 * <p>Not safe for use by several threads.
 */
final class ContainerWriter {
  /** Fast, and within a few percent of the size that slower levels reach on rows. */
  private static final int ZSTD_LEVEL = 1;

  private static final int FIRST_CAPACITY = 64 * 1024;

  private final BytesEncoder file = new BytesEncoder(FIRST_CAPACITY);
  private final byte[] marker;

  /**
   * Begins a file.
   *
   * @param schema the text of the values' schema
   * @param labels further entries of the header, in the order in which they are to stand there
   * @param marker the 16 bytes that end each block
   */
  ContainerWriter(String schema, Map<String, String> labels, byte[] marker) throws IOException {
    this.marker = marker;
    file.writeFixed(DataFileConstants.MAGIC);
    file.writeMapStart();
    file.setItemCount(labels.size() + 2L);
    writeEntry(DataFileConstants.SCHEMA, schema);
    writeEntry(DataFileConstants.CODEC, DataFileConstants.ZSTANDARD_CODEC);
    for (Map.Entry<String, String> label : labels.entrySet()) {
      writeEntry(label.getKey(), label.getValue());
    }
    file.writeMapEnd();
    file.writeFixed(marker);
  }

  private void writeEntry(String key, String value) throws IOException {
    file.startItem();
    file.writeString(key);
    file.writeBytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a block of so many values. */
  void addBlock(int values, BytesEncoder block) throws IOException {
    byte[] compressed = new byte[Math.toIntExact(Zstd.compressBound(block.size()))];
    long length =
        Zstd.compressByteArray(
            compressed, 0, compressed.length, block.array(), 0, block.size(), ZSTD_LEVEL, true);
    if (Zstd.isError(length)) {
      throw new ConnectException("zstd failed: " + Zstd.getErrorName(length));
    }
    file.writeLong(values);
    file.writeBytes(compressed, 0, (int) length);
    file.writeFixed(marker);
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
