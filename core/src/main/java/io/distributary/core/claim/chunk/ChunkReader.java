package io.distributary.core.claim.chunk;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.Decoder;

/**
 * Reads one chunk that {@link ChunkWriter} wrote, value by value. Its checksum is verified before
 * the first value.
 *
 * <p>Not safe for use by several threads.
 */
public final class ChunkReader implements Iterator<Object> {
  /** The prefix of the header's entries that are Avro's own. */
  private static final String AVRO = "avro.";

  private final RowFormat format;
  private final DataFileReader<Object> file;
  private final int checksum;

  /**
   * Opens a chunk.
   *
   * @param formats the formats of chunks seen before, by the text of their schema, so that values
   *     of one schema share it; a new one is added
   * @throws DamagedChunkException when the chunk is not what was written
   */
  public ChunkReader(byte[] chunk, Map<String, RowFormat> formats) {
    checksum = Seal.verified(chunk);
    Datum datum = new Datum();
    try {
      file = new DataFileReader<>(new SeekableByteArrayInput(chunk), datum);
      format =
          formats.computeIfAbsent(
              file.getMetaString("avro.schema"), text -> RowFormat.of(file.getSchema()));
    } catch (IOException | AvroRuntimeException e) {
      throw new DamagedChunkException("its header cannot be read: " + e.getMessage(), e);
    }
    datum.reader = format.reader();
  }

  /** The format of the chunk's values. */
  public RowFormat format() {
    return format;
  }

  /** The checksum that the chunk carries, which its content has. */
  public int checksum() {
    return checksum;
  }

  /** What the header says about the chunk. */
  public Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>();
    for (String key : file.getMetaKeys()) {
      if (!key.startsWith(AVRO) && !key.equals(Seal.KEY)) {
        labels.put(key, file.getMetaString(key));
      }
    }
    return labels;
  }

  /**
   * Whether there is another value.
   *
   * @throws DamagedChunkException when the chunk is not what was written
   */
  @Override
  public boolean hasNext() {
    try {
      return file.hasNext();
    } catch (AvroRuntimeException e) {
      throw new DamagedChunkException("a block of it cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The next value, null where it was null.
   *
   * @throws DamagedChunkException when the chunk is not what was written
   * @throws NoSuchElementException at the end
   */
  @Override
  public Object next() {
    try {
      return file.next();
    } catch (AvroRuntimeException e) {
      throw new DamagedChunkException("a value of it cannot be read: " + e.getMessage(), e);
    }
  }

  private static final class Datum implements DatumReader<Object> {
    private ValueReader reader;

    @Override
    public void setSchema(Schema schema) {
      // The chunk's reader sets what reads by it.
    }

    @Override
    public Object read(Object reuse, Decoder in) throws IOException {
      return reader.read(in);
    }
  }
}
