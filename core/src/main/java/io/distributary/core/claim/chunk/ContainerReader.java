package io.distributary.core.claim.chunk;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.file.DataFileConstants;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/**
 * Reads what {@link ContainerWriter} wrote, block by block. Avro's own reader parses the schema
 * anew for each file.
 *
 * <p>Not safe for use by several threads.
 */
final class ContainerReader {
  private final BinaryDecoder in;
  private final Map<String, String> header = new HashMap<>();
  private final byte[] marker = new byte[DataFileConstants.SYNC_SIZE];

  /** Begins to read a file, and reads its header. */
  ContainerReader(byte[] file) throws IOException {
    in = DecoderFactory.get().binaryDecoder(file, null);
    byte[] magic = new byte[DataFileConstants.MAGIC.length];
    in.readFixed(magic);
    for (long left = in.readMapStart(); left > 0; left = in.mapNext()) {
      for (; left > 0; left--) {
        String key = in.readString();
        header.put(key, new String(ValueReader.readBytes(in), StandardCharsets.UTF_8));
      }
    }
    in.readFixed(marker);
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
  boolean hasNext() throws IOException {
    return !in.isEnd();
  }

  /** The values of the next block. */
  Object[] next(ValueReader reader) throws IOException {
    Object[] values = new Object[Math.toIntExact(in.readLong())];
    byte[] content = decompressed(ValueReader.readBytes(in));
    byte[] end = new byte[marker.length];
    in.readFixed(end);
    if (!Arrays.equals(end, marker)) {
      throw new IOException("a block does not end where it should");
    }
    BinaryDecoder block = DecoderFactory.get().binaryDecoder(content, null);
    for (int i = 0; i < values.length; i++) {
      values[i] = reader.read(block);
    }
    return values;
  }

  private static byte[] decompressed(byte[] block) throws IOException {
    byte[] content = new byte[Math.toIntExact(Zstd.getFrameContentSize(block))];
    long length = Zstd.decompressByteArray(content, 0, content.length, block, 0, block.length);
    if (Zstd.isError(length)) {
      throw new IOException("zstd says: " + Zstd.getErrorName(length));
    }
    return content;
  }
}
