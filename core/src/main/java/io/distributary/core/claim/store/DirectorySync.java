package io.distributary.core.claim.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Forces directories to disk, for a file is found again after a power failure only when its
 * directory was forced as well. What is asked while a directory is being forced waits for the next
 * turn, which forces each directory once for all who asked: a group commit, as databases make it.
 *
 * <p>Safe for use by several threads.
 */
final class DirectorySync {
  private final Executor executor;
  private Map<Path, CompletableFuture<Void>> next = new HashMap<>();
  private boolean busy;

  /**
   * Forces directories by another thread.
   *
   * @param executor runs one task at a time, which ends when nobody asks any more
   */
  DirectorySync(Executor executor) {
    this.executor = executor;
  }

  /**
   * Completes when what was done in a directory before the call is on disk.
   *
   * @return fails with the {@link IOException} of that directory
   * @throws RejectedExecutionException when the executor was shut down
   */
  synchronized CompletionStage<Void> force(Path directory) {
    if (!busy) {
      executor.execute(this::forceAll);
      busy = true;
    }
    return next.computeIfAbsent(directory, any -> new CompletableFuture<>());
  }

  private void forceAll() {
    for (Map<Path, CompletableFuture<Void>> turn = turn(); !turn.isEmpty(); turn = turn()) {
      turn.forEach(DirectorySync::force);
    }
  }

  /** Those who asked since the last turn began; empty, and the end of the task, when nobody did. */
  private synchronized Map<Path, CompletableFuture<Void>> turn() {
    Map<Path, CompletableFuture<Void>> turn = next;
    next = new HashMap<>();
    busy = !turn.isEmpty();
    return turn;
  }

  private static void force(Path directory, CompletableFuture<Void> done) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
      done.complete(null);
    } catch (IOException | RuntimeException | Error e) { // whatever it is, they wait for an answer
      done.completeExceptionally(e);
    }
  }
}
