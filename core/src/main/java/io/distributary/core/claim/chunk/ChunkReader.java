package io.distributary.core.claim.chunk;

import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.avro.file.DataFileConstants;

/**
 * Reads one chunk that {@link ChunkWriter} wrote, value by value. Its checksum is verified before
 * the first value. It holds the values of one block, some hundred kilobytes.
 *
 * <p>Not safe for use by several threads.
 */
public final class ChunkReader implements Iterator<Object> {
  /** The prefix of the header's entries that are Avro's own. */
  private static final String AVRO = "avro.";

  private final RowFormat format;
  private final ContainerReader file;
  private final int checksum;
  private Object[] block = {};
  private int next;

  /**
   * Opens a chunk, and reads its first values.
   *
   * @param formats the formats of chunks seen before, by the text of their schema, so that values
   *     of one schema share it; a new one is added. Concurrent, where several threads open chunks
   * @throws DamagedChunkException when the chunk is not what was written
   */
  public ChunkReader(byte[] chunk, Map<String, RowFormat> formats) {
    checksum = Seal.verified(chunk);
    try {
      file = new ContainerReader(chunk);
      format =
          formats.computeIfAbsent(file.header().get(DataFileConstants.SCHEMA), RowFormat::parsed);
    } catch (IOException | RuntimeException e) {
      throw new DamagedChunkException("its header cannot be read: " + e.getMessage(), e);
    }
    readBlock();
  }

  private void readBlock() {
    try {
      if (file.hasNext()) {
        block = file.next(format.reader());
        next = 0;
      }
    } catch (IOException | RuntimeException e) {
      throw new DamagedChunkException("a block of it cannot be read: " + e.getMessage(), e);
    }
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
    Map<String, String> labels = new HashMap<>(file.header());
    labels.keySet().removeIf(key -> key.startsWith(AVRO) || key.equals(Seal.KEY));
    return labels;
  }

  /**
   * Whether there is another value.
   *
   * @throws DamagedChunkException when the chunk is not what was written
   */
  @Override
  public boolean hasNext() {
    if (next == block.length) {
      readBlock();
    }
    return next < block.length;
  }

  /**
   * The next value, null where it was null.
   *
   * @throws DamagedChunkException when the chunk is not what was written
   * @throws NoSuchElementException at the end
   */
  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException("The chunk has no more values");
    }
    return block[next++];
  }
}
