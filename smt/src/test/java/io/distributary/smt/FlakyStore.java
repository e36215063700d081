package io.distributary.smt;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.StoredClaim;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.errors.RetriableException;

/** A store that fails when it is told to, and knows how much it holds for others. */
final class FlakyStore implements ClaimStore {
  private final ClaimStore real;
  private final AtomicInteger failing = new AtomicInteger();
  private final AtomicLong held = new AtomicLong();
  private final AtomicLong mostHeld = new AtomicLong();
  private final AtomicLong largest = new AtomicLong();
  private final AtomicInteger stored = new AtomicInteger();

  FlakyStore(ClaimStore real) {
    this.real = real;
  }

  void failNext(int puts) {
    failing.set(puts);
  }

  long mostHeld() {
    return mostHeld.get();
  }

  /** The bytes of the largest chunk. */
  long largest() {
    return largest.get();
  }

  int stored() {
    return stored.get();
  }

  @Override
  public String name() {
    return real.name();
  }

  @Override
  public int window() {
    return real.window();
  }

  @Override
  public void check() {
    real.check();
  }

  @Override
  public CompletionStage<Void> put(String claim, int chunk, byte[] bytes) {
    if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return CompletableFuture.failedFuture(new RetriableException("out of reach for now"));
    }
    largest.accumulateAndGet(bytes.length, Math::max);
    mostHeld.accumulateAndGet(held.addAndGet(bytes.length), Math::max);
    return real.put(claim, chunk, bytes)
        .whenComplete(
            (done, error) -> {
              held.addAndGet(-bytes.length);
              stored.incrementAndGet();
            });
  }

  @Override
  public CompletionStage<byte[]> get(String claim, int chunk) {
    return real.get(claim, chunk);
  }

  @Override
  public void delete(String claim, int chunks, Instant before) {
    real.delete(claim, chunks, before);
  }

  @Override
  public List<StoredClaim> list() {
    return real.list();
  }

  @Override
  public void close() {
    real.close();
  }
}
