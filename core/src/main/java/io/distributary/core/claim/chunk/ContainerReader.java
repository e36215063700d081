package io.distributary.core.claim.chunk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.file.DataFileConstants;

/**
 * Reads what {@link ContainerWriter} wrote, block by block. Avro's own reader parses the schema
 * anew for each file.
 *
 * <p>Not safe for use by several threads.
 */
final class ContainerReader {
  private final byte[] file;
  private final BytesDecoder in;
  private final Map<String, String> header = new HashMap<>();
  private final byte[] marker;

  /** Begins to read a file, and reads its header. */
  ContainerReader(byte[] file) throws IOException {
    this.file = file;
    in = new BytesDecoder(file);
    byte[] magic = in.readFixed(DataFileConstants.MAGIC.length);
    for (long left = in.readItems(); left > 0; left = in.readItems()) {
      for (; left > 0; left--) {
        header.put(in.readString(), new String(in.readBytes(), StandardCharsets.UTF_8));
      }
    }
    marker = in.readFixed(DataFileConstants.SYNC_SIZE);
    String codec = header.get(DataFileConstants.CODEC);
    if (!Arrays.equals(magic, DataFileConstants.MAGIC)
        || !DataFileConstants.ZSTANDARD_CODEC.equals(codec)) {
      throw new IOException("it is no Avro file that is compressed by zstd");
    }
  }

  /** The header's entries, Avro's own included. */
  Map<String, String> header() {
    return header;
  }

  /** Whether there is another block. */
  boolean hasNext() {
    return !in.isEnd();
  }

  /** The values of the next block. */
  Object[] next(ValueReader reader) throws IOException {
    Object[] values = new Object[in.readInt()];
    int length = in.readInt();
    int start = in.skip(length);
    if (!Arrays.equals(in.readFixed(marker.length), marker)) {
      throw new IOException("a block does not end where it should");
    }
    BytesDecoder block = Compression.ofThread().decompressed(file, start, length);
    for (int i = 0; i < values.length; i++) {
      values[i] = reader.read(block);
    }
    if (!block.isEnd()) {
      throw new IOException("a block does not hold the values that it should");
    }
    return values;
  }
}
