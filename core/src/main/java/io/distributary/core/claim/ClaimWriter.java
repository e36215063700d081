package io.distributary.core.claim;

import io.distributary.core.claim.chunk.Chunk;
import io.distributary.core.claim.chunk.ChunkWriter;
import io.distributary.core.claim.chunk.RowFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Writes values to a store as the chunks of one claim. It holds the chunk under way and as many as
 * the store takes at once, whatever the number of values.
 *
 * <p>The same values from the same origin make the same claim: the id is derived from the first
 * chunk's bytes, so writing them twice overwrites each chunk with itself.
 *
 * <p>After a {@link RetriableException} the call can be made again: a value that was not taken is
 * given again, a chunk that was not stored is stored again.
 *
 * <p>Not safe for use by several threads.
 */
public final class ClaimWriter {
  /** The number of a chunk within its claim. */
  static final String CHUNK = "distributary.chunk";

  /** The claim that a chunk belongs to; the first carries none, for the id is made of it. */
  static final String CLAIM = "distributary.claim";

  private static final int NAME_LENGTH = 120;

  private final ClaimStore store;
  private final ChunkLimit limit;
  private final Deque<Upload> uploads = new ArrayDeque<>();
  private final CRC32C checksum = new CRC32C();
  private RowFormat format;
  private Origin origin;
  private ChunkWriter current;
  private String id;
  private int chunks;
  private long rows;
  private long bytes;

  /** A writer of one claim. */
  public ClaimWriter(ClaimStore store, ChunkLimit limit) {
    this.store = store;
    this.limit = limit;
  }

  /**
   * When a chunk ends.
   *
   * @param rows after so many values
   * @param bytes after about so many compressed bytes
   */
  public record ChunkLimit(int rows, int bytes) {}

  /** How many values were taken. */
  public long rows() {
    return rows;
  }

  /**
   * Says how the values to come are written and where they are from. Other than before ends the
   * chunk under way.
   *
   * @throws RetriableException when a chunk could not be stored for now; to be called again
   */
  public void next(RowFormat nextFormat, Origin nextOrigin) {
    if (nextFormat != format || !nextOrigin.equals(origin)) {
      cut();
      format = nextFormat;
      origin = nextOrigin;
    }
  }

  /**
   * Takes a value.
   *
   * @throws RetriableException when a chunk could not be stored for now; the value was not taken
   * @throws DataException when the value does not fit its schema; it was not taken
   */
  public void add(Object value) {
    if (current != null && (current.rows() >= limit.rows() || current.size() >= limit.bytes())) {
      cut();
    }
    if (current == null) {
      current = new ChunkWriter(format, labels());
    }
    current.add(value);
    rows++;
  }

  private Map<String, String> labels() {
    Map<String, String> labels = new HashMap<>(origin.labels());
    labels.put(CHUNK, Integer.toString(chunks));
    if (id != null) {
      labels.put(CLAIM, id);
    }
    return labels;
  }

  /**
   * Ends the claim, and returns it when all of its chunks are durable.
   *
   * @throws RetriableException when a chunk could not be stored for now; to be called again
   */
  public Claim finish() {
    if (chunks == 0 && current == null) {
      current = new ChunkWriter(format, labels()); // no values at all still need a claim
    }
    cut();
    while (!uploads.isEmpty()) {
      awaitOldest();
    }
    return new Claim(store.name(), id, chunks, rows, bytes, checksum.getValue());
  }

  /** Ends the chunk under way, once there is room for it among those being stored. */
  private void cut() {
    if (current == null) {
      return;
    }
    while (uploads.size() >= store.window()) {
      awaitOldest();
    }
    CompletableFuture<Chunk> chunk;
    if (id == null) {
      chunk = CompletableFuture.completedFuture(current.finish());
      id = id(origin.topic(), chunk.join().bytes());
    } else {
      // The next rows need not wait for this chunk's compression.
      chunk = CompletableFuture.supplyAsync(current::finish, ChunkThreads.EXECUTOR);
    }
    current = null;
    uploads.add(new Upload(store, id, chunks, chunk));
    chunks++;
  }

  /** Where that fails, it and what failed with it are put again when they are awaited again. */
  private void awaitOldest() {
    Upload oldest = uploads.peekFirst();
    try {
      Chunk stored = oldest.await();
      checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, stored.checksum()));
      bytes += stored.bytes().length;
      uploads.removeFirst();
    } catch (ConnectException e) {
      uploads.forEach(Upload::settle);
      throw e;
    }
  }

  /** The topic, for people, and a hash of the first chunk, which tells its claim from others. */
  private static String id(String topic, byte[] firstChunk) {
    String name = topic.substring(0, Math.min(topic.length(), NAME_LENGTH));
    return name + "-" + hash(firstChunk);
  }

  /** The first 16 bytes of the SHA-256 hash, in hexadecimal. */
  static String hash(byte[] chunk) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(chunk);
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JVM has SHA-256", e);
    }
  }

  /** A chunk on its way, kept until it is there. */
  private static final class Upload {
    private final ClaimStore store;
    private final String claim;
    private final int number;
    private final CompletableFuture<Chunk> chunk;
    private CompletableFuture<Void> stored;

    Upload(ClaimStore store, String claim, int number, CompletableFuture<Chunk> chunk) {
      this.store = store;
      this.claim = claim;
      this.number = number;
      this.chunk = chunk;
      put();
    }

    private void put() {
      stored = chunk.thenCompose(finished -> store.put(claim, number, finished.bytes()));
    }

    Chunk await() {
      if (stored == null) {
        put();
      }
      Stages.await(stored);
      return chunk.join();
    }

    /** Waits for what is under way, so that a later call sees no failure from before it. */
    void settle() {
      if (stored != null && stored.handle((done, failure) -> failure).join() != null) {
        stored = null;
      }
    }
  }
}
