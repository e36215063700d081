package io.distributary.cli;

import io.distributary.core.claim.ChunkDescription;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.Origin;
import io.distributary.core.claim.StoredClaim;
import io.distributary.core.claim.chunk.DamagedChunkException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * What a claim's chunks say of it.
 *
 * @param origin where its rows come from; null where the first chunk is gone or none
 * @param rows how many there are, or were stored until now; -1 where the last chunk is gone or none
 */
record ClaimDetails(Origin origin, long rows) {

  /** Reads the first and the last chunk that are there. */
  static ClaimDetails read(ClaimStore store, StoredClaim claim) {
    CompletionStage<byte[]> first = store.get(claim.id(), 0);
    CompletionStage<byte[]> last = store.get(claim.id(), claim.chunks() - 1);
    ChunkDescription start = described(first);
    ChunkDescription end = described(last);
    return new ClaimDetails(
        start == null ? null : start.origin(), end == null ? -1 : end.rowsUpToItsEnd());
  }

  private static ChunkDescription described(CompletionStage<byte[]> chunk) {
    try {
      byte[] bytes = chunk.toCompletableFuture().join();
      return bytes == null ? null : ChunkDescription.of(bytes);
    } catch (DamagedChunkException e) {
      return null;
    } catch (CompletionException e) {
      throw e.getCause() instanceof ConnectException failure ? failure : e;
    }
  }
}
