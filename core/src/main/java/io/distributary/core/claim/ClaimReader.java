package io.distributary.core.claim;

import io.distributary.core.claim.ClaimException.Reason;
import io.distributary.core.claim.chunk.ChunkReader;
import io.distributary.core.claim.chunk.DamagedChunkException;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.claim.chunk.RowFormat;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.RetriableException;

/**
 * Reads the values of a claim as a stream, in order. Ahead of the reader a few chunks have their
 * first values decoded, by other threads, and as many as the store takes at once are on their way.
 * Each chunk is verified before its first value is handed out, the claim as a whole when its end is
 * reached: who must not keep a part of it commits after {@link #hasNext} said no.
 *
 * <p>All methods throw {@link ClaimException} when the rows cannot be had any more, and {@link
 * RetriableException} when the store cannot be reached for now; the claim is then to be opened
 * anew.
 *
 * <p>Not safe for use by several threads.
 */
public final class ClaimReader implements Iterator<Object>, AutoCloseable {
  /** Enough to keep the threads busy that decode; decoded rows take far more memory than chunks. */
  private static final int DECODED = 4;

  private final ClaimStore store;
  private final Claim claim;
  private final RowForm form;
  private final ClaimErrors errors;
  private final Map<String, RowFormat> formats = new ConcurrentHashMap<>();
  private final Deque<CompletionStage<byte[]>> fetched = new ArrayDeque<>();
  private final Deque<CompletionStage<ChunkReader>> decoded = new ArrayDeque<>();
  private final CRC32C checksum = new CRC32C();
  private int requested;
  private int opened;
  private long rows;
  private ChunkReader current;
  private Origin origin;

  private ClaimReader(ClaimStore store, Claim claim, Instant deposited, RowForm form) {
    this.store = store;
    this.claim = claim;
    this.form = form;
    this.errors = new ClaimErrors(claim, deposited);
    if (!store.name().equals(claim.store())) {
      throw errors.lost(
          Reason.FOREIGN,
          "it is kept in a store of kind '"
              + claim.store()
              + "', and this reader is configured for '"
              + store.name()
              + "'",
          null);
    }
  }

  /** Opens a claim whose age is not known, to read structs. */
  public static ClaimReader open(ClaimStore store, Claim claim) {
    return open(store, claim, null, RowForm.STRUCTS);
  }

  /**
   * Opens a claim.
   *
   * @param deposited when the claim was made, for messages; null where that is not known
   * @param form what to read rows as
   */
  public static ClaimReader open(ClaimStore store, Claim claim, Instant deposited, RowForm form) {
    return new ClaimReader(store, claim, deposited, form);
  }

  /**
   * Says which schema is expected, before the first value: where values have an equal one, they get
   * this very instance. Null expects nothing.
   */
  public void expect(Schema schema) {
    if (schema != null) {
      RowFormat format = RowFormat.of(schema);
      formats.put(format.text(), format);
    }
  }

  /** Has chunks read, and the first rows of each decoded, while the rows before are used. */
  private void prefetch() {
    fetch();
    while (!fetched.isEmpty() && decoded.size() < DECODED) {
      int number = opened + decoded.size();
      decoded.add(
          fetched
              .removeFirst()
              .thenApplyAsync(chunk -> verified(number, chunk), ChunkThreads.EXECUTOR));
      fetch();
    }
  }

  private void fetch() {
    while (requested < claim.chunks() && fetched.size() < store.window()) {
      fetched.add(store.get(claim.id(), requested++));
    }
  }

  /** Whether there is another value; when there is none, the claim as a whole is verified. */
  @Override
  public boolean hasNext() {
    try {
      while (current == null || !current.hasNext()) {
        if (opened == claim.chunks()) {
          verifyWhole();
          return false;
        }
        openNext();
      }
      return true;
    } catch (DamagedChunkException e) {
      throw damaged(opened - 1, e);
    }
  }

  /** The next value: in the reader's form where the claim holds rows, else whatever was stored. */
  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Claim " + claim.id() + " has no more values");
    }
    try {
      rows++;
      return current.next();
    } catch (DamagedChunkException e) {
      throw damaged(opened - 1, e);
    }
  }

  /** As {@link #next}, for claims of units that are read as structs. */
  public Struct nextRow() {
    return (Struct) next();
  }

  /** The schema of the value last handed out; the same instance while it is the same schema. */
  public Schema schema() {
    return current.format().schema();
  }

  /** Where the value last handed out comes from; the same instance within a chunk. */
  public Origin origin() {
    return origin;
  }

  private void openNext() {
    prefetch();
    current = Stages.await(decoded.removeFirst());
    opened++;
    prefetch();
    origin = Origin.of(current.labels());
    checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, current.checksum()));
  }

  /** A reader of the chunk, which is the one that it should be. For any thread. */
  private ChunkReader verified(int number, byte[] chunk) {
    if (chunk == null) {
      throw errors.lost(
          Reason.MISSING,
          "chunk "
              + number
              + " of "
              + claim.chunks()
              + " is not in the store: it expired or was removed",
          null);
    }
    ChunkReader reader = reader(number, chunk);
    Map<String, String> labels = reader.labels();
    boolean own =
        number == 0
            ? claim.id().endsWith("-" + ClaimWriter.hash(chunk))
            : claim.id().equals(labels.get(ClaimWriter.CLAIM));
    if (!own || !Integer.toString(number).equals(labels.get(ClaimWriter.CHUNK))) {
      throw errors.lost(
          Reason.FOREIGN,
          "in the place of its chunk " + number + " stands one of another claim or another number",
          null);
    }
    return reader;
  }

  private ChunkReader reader(int number, byte[] chunk) {
    try {
      return new ChunkReader(chunk, formats, form);
    } catch (DamagedChunkException e) {
      throw damaged(number, e);
    }
  }

  private void verifyWhole() {
    if (rows != claim.rows() || checksum.getValue() != claim.checksum()) {
      throw errors.lost(
          Reason.DAMAGED,
          "its chunks hold "
              + rows
              + " rows"
              + (rows == claim.rows() ? " with another checksum" : ""),
          null);
    }
  }

  private ClaimException damaged(int chunk, DamagedChunkException e) {
    return errors.lost(Reason.DAMAGED, "chunk " + chunk + " is damaged: " + e.getMessage(), e);
  }

  /** Lets go of what is on its way. */
  @Override
  public void close() {
    fetched.clear();
    decoded.clear();
  }
}
