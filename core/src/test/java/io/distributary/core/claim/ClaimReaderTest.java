package io.distributary.core.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.claim.ClaimWriter.ChunkLimit;
import io.distributary.core.claim.chunk.RowFormat;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.api.Test;

/** How far ahead of its reader a claim is fetched. */
class ClaimReaderTest {
  private static final int CHUNKS = 50;
  private final Memory store = new Memory();

  @Test
  void aReaderHoldsFourDecodedChunksAndFetchesWhatTheStoreTakesAtOnce() {
    ClaimWriter writer = new ClaimWriter(store, new ChunkLimit(10, 1 << 20));
    writer.next(RowFormat.of(Schema.INT32_SCHEMA), Origin.ofRecord("t"));
    for (int i = 0; i < CHUNKS * 10; i++) {
      writer.add(i);
    }

    try (ClaimReader reader = ClaimReader.open(store, writer.finish())) {
      for (int read = 0; reader.hasNext(); read++) {
        assertThat(reader.next()).isEqualTo(read);
        int current = read / 10;
        assertThat(store.asked).isEqualTo(Math.min(CHUNKS, current + 1 + 4 + store.window()));
      }
    }
    assertThat(store.asked).isEqualTo(CHUNKS);
  }

  /** A store that counts what it is asked for. */
  private static final class Memory implements ClaimStore {
    private final Map<Integer, byte[]> chunks = new ConcurrentHashMap<>();
    private int asked;

    @Override
    public String name() {
      return "memory";
    }

    @Override
    public int window() {
      return 16;
    }

    @Override
    public void check() {}

    @Override
    public CompletionStage<Void> put(String claim, int chunk, byte[] bytes) {
      chunks.put(chunk, bytes);
      return CompletableFuture.completedStage(null);
    }

    @Override
    public CompletionStage<byte[]> get(String claim, int chunk) {
      asked++;
      return CompletableFuture.completedStage(chunks.get(chunk));
    }

    @Override
    public void delete(String claim, int count, Instant before) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<StoredClaim> list() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }
}
