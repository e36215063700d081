package io.distributary.core.claim.chunk;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.connect.errors.DataException;

/**
 * Writes one chunk: an Avro object container file with zstd-compressed, checksummed blocks, in
 * memory. Values are encoded as they come, so only the compressed form is held. The same labels and
 * values give the same bytes, so that a chunk written twice is the same chunk.
 *
 * <p>Not safe for use by several threads.
 */
public final class ChunkWriter {
  private static final int BLOCK_BYTES = 256 * 1024;

  /** What most chunks need at once: a thousand rows of 100 bytes. */
  private static final int FIRST_CAPACITY = 128 * 1024;

  private final ValueWriter writer;
  private final ContainerWriter file;
  private final BytesEncoder block = new BytesEncoder(FIRST_CAPACITY);
  private int blockRows;
  private int rows;

  /**
   * Begins a chunk.
   *
   * @param labels what the header says about the chunk; keys begin with a word of their own and a
   *     dot, as {@code distributary.topic}
   */
  public ChunkWriter(RowFormat format, Map<String, String> labels) {
    writer = format.writer();
    SortedMap<String, String> header = new TreeMap<>(labels);
    byte[] marker = marker(header);
    header.put(Seal.KEY, Seal.BLANK);
    file = new ContainerWriter(format.text(), header, marker);
  }

  /** The marker between blocks: random in Avro, here derived, for the sake of equal bytes. */
  private static byte[] marker(Map<String, String> labels) {
    byte[] text = labels.toString().getBytes(StandardCharsets.UTF_8);
    byte[] marker = new byte[16];
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (byte b : text) {
      hash = (hash ^ b) * 0x100000001b3L;
    }
    for (int i = 0; i < marker.length; i++) {
      hash = (hash ^ i) * 0x100000001b3L;
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
    int before = block.size();
    try {
      writer.write(value, block);
    } catch (DataException e) {
      block.truncate(before);
      throw e;
    } catch (RuntimeException e) {
      block.truncate(before);
      throw new DataException("A value does not fit its schema: " + e.getMessage(), e);
    }
    rows++;
    blockRows++;
    if (block.size() >= BLOCK_BYTES) {
      endBlock();
    }
  }

  private void endBlock() {
    file.addBlock(blockRows, block);
    block.truncate(0);
    blockRows = 0;
  }

  /** How many values were added. */
  public int rows() {
    return rows;
  }

  /** About how large the chunk is by now, in compressed bytes, less the block under way. */
  public int size() {
    return file.size();
  }

  /** Ends the chunk. Nothing can be added afterwards. */
  public Chunk finish() {
    if (blockRows > 0) {
      endBlock();
    }
    byte[] finished = file.toByteArray();
    return new Chunk(finished, rows, Seal.seal(finished));
  }
}
