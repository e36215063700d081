package io.distributary.core.claim;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Keeps the chunks of claims. A chunk is some bytes under the id of its claim and its number, from
 * 0; the store does not look into it.
 *
 * <p>A failure that may pass by itself is a {@link RetriableException}; one that needs somebody to
 * act is another {@link ConnectException}, whose message says what to do.
 *
 * <p>Safe for use by several threads.
 */
public interface ClaimStore extends AutoCloseable {

  /** The store's kind, as claims and configurations name it. */
  String name();

  /** How many chunks it pays to have under way at once. */
  int window();

  /**
   * Connects where the store needs it, and checks that it can be used. The other methods do this
   * themselves when it is needed; calling it early finds a wrong configuration early.
   *
   * @throws RetriableException when it cannot be reached for now
   * @throws ConnectException when it cannot be used as configured
   */
  void check();

  /**
   * Stores a chunk, instead of the one that may be there. When the stage completes the chunk is
   * durable; before, a reader sees the old one or the new one or none, never a part.
   *
   * @param bytes the chunk; not to be changed until the stage completes
   * @return completes with failures as they are described at the type
   */
  CompletionStage<Void> put(String claim, int chunk, byte[] bytes);

  /**
   * Reads a chunk.
   *
   * @return completes with the chunk, with null where there is none, or with failures as they are
   *     described at the type
   */
  CompletionStage<byte[]> get(String claim, int chunk);

  /**
   * Removes the chunks of a claim that were last written before a moment, the first chunk last, and
   * returns when that is durable. A chunk that is written again meanwhile stays.
   *
   * @param chunks how many chunks it may have
   * @param before not in the future
   */
  void delete(String claim, int chunks, Instant before);

  /** The claims of which any chunk is there, in no order; those under way included. */
  List<StoredClaim> list();

  /** Ends what is under way and releases all resources. */
  @Override
  void close();
}
