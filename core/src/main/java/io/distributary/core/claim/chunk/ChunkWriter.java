package io.distributary.core.claim.chunk;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.io.DatumWriter;
import org.apache.avro.io.Encoder;
import org.apache.kafka.connect.errors.DataException;

/**
 * Writes one chunk: an Avro object container file with zstd-compressed, checksummed blocks, in
 * memory. Values are encoded as they come, so only the compressed form is held. The same labels and
 * values give the same bytes, so that a chunk written twice is the same chunk.
 *
 * <p>Not safe for use by several threads.
 */
public final class ChunkWriter {
  /** Fast, and within a few percent of the size that slower levels reach on rows. */
  private static final int ZSTD_LEVEL = 1;

  private static final int BLOCK_BYTES = 256 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 * 1024);
  private final DataFileWriter<Object> file;
  private int rows;

  /**
   * Begins a chunk.
   *
   * @param labels what the header says about the chunk; keys begin with a word of their own and a
   *     dot, as {@code distributary.topic}
   */
  public ChunkWriter(RowFormat format, Map<String, String> labels) {
    file = new DataFileWriter<>(new Datum(format.writer()));
    file.setCodec(CodecFactory.zstandardCodec(ZSTD_LEVEL, true, true));
    file.setSyncInterval(BLOCK_BYTES);
    Map<String, String> sorted = new TreeMap<>(labels);
    sorted.forEach(file::setMeta);
    file.setMeta(Seal.KEY, Seal.BLANK);
    try {
      file.create(format.avro(), bytes, marker(sorted));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never: it writes to memory
    }
  }

  /** The marker between blocks: random in Avro, here derived, for the sake of equal bytes. */
  private static byte[] marker(Map<String, String> labels) {
    byte[] text = labels.toString().getBytes(StandardCharsets.UTF_8);
    byte[] marker = new byte[16];
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int i = 0; i < marker.length; i++) {
      for (byte b : text) {
        hash = (hash ^ b) * 0x100000001b3L;
      }
      marker[i] = (byte) (hash >>> 32);
    }
    return marker;
  }

  /**
   * Adds a value of the chunk's schema.
   *
   * @throws DataException when it does not fit the schema; the chunk is as it was before
   */
  public void add(Object value) {
    try {
      file.append(value);
      rows++;
    } catch (DataFileWriter.AppendWriteException e) {
      Throwable cause = e.getCause();
      throw cause instanceof DataException data
          ? data
          : new DataException("A value does not fit its schema: " + cause.getMessage(), cause);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never: it writes to memory
    }
  }

  /** How many values were added. */
  public int rows() {
    return rows;
  }

  /** About how large the chunk is by now, in compressed bytes, less the block under way. */
  public int size() {
    return bytes.size();
  }

  /** Ends the chunk. Nothing can be added afterwards. */
  public Chunk finish() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // never: it writes to memory
    }
    byte[] finished = bytes.toByteArray();
    return new Chunk(finished, rows, Seal.seal(finished));
  }

  private record Datum(ValueWriter writer) implements DatumWriter<Object> {
    @Override
    public void setSchema(Schema schema) {
      // The writer was made for it.
    }

    @Override
    public void write(Object value, Encoder out) throws IOException {
      writer.write(value, out);
    }
  }
}
