package io.distributary.core.claim;

import io.distributary.core.claim.chunk.ChunkReader;
import io.distributary.core.claim.chunk.DamagedChunkException;
import io.distributary.core.claim.chunk.RowForm;
import java.util.HashMap;
import java.util.Map;

/**
 * What a chunk says of itself, for those who look after the store.
 *
 * @param origin where its rows come from
 * @param chunk its number within its claim, from 0
 * @param first how many rows the chunks before it hold together
 * @param rows how many rows it holds
 */
public record ChunkDescription(Origin origin, int chunk, long first, long rows) {

  /**
   * Reads a chunk for what it says.
   *
   * @throws DamagedChunkException when it is no chunk, or not what was written
   */
  public static ChunkDescription of(byte[] bytes) {
    ChunkReader reader = new ChunkReader(bytes, new HashMap<>(), RowForm.STRUCTS);
    long rows = 0;
    while (reader.hasNext()) {
      reader.next();
      rows++;
    }
    Map<String, String> labels = reader.labels();
    try {
      return new ChunkDescription(
          Origin.of(labels),
          Integer.parseInt(labels.get(ClaimWriter.CHUNK)),
          Long.parseLong(labels.get(ClaimWriter.FIRST)),
          rows);
    } catch (IllegalArgumentException e) {
      throw new DamagedChunkException("its header lacks an entry: " + e.getMessage(), e);
    }
  }

  /** Of a claim's last chunk: how many rows the claim holds. */
  public long rowsUpToItsEnd() {
    return first + rows;
  }
}
