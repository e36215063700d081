package io.distributary.core.claim.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Forces directories to disk, for a file is found again after a power failure only when its
 * directory was forced as well. Who asks while a directory is being forced is served by the next
 * turn, together with all others who do: a group commit, as databases make it.
 *
 * <p>Safe for use by several threads.
 */
final class DirectorySync {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private Turn next = new Turn();
  private boolean busy;

  /** Directories that are forced one after the other, each once. */
  private static final class Turn {
    private final Set<Path> directories = new HashSet<>();
    private final Set<Path> forced = new HashSet<>();
    private final Map<Path, IOException> failures = new HashMap<>();
    private boolean over;

    void run() {
      for (Path directory : directories) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
          channel.force(true);
          forced.add(directory);
        } catch (IOException e) {
          failures.put(directory, e);
        }
      }
    }
  }

  /**
   * Returns when what was done in a directory before the call is on disk.
   *
   * @throws IOException when that directory could not be forced
   */
  void force(Path directory) throws IOException {
    Turn turn = awaitTurn(directory);
    if (!turn.over) {
      try {
        turn.run();
      } finally {
        end(turn);
      }
    }
    if (!turn.forced.contains(directory)) {
      IOException failure = turn.failures.get(directory);
      throw failure != null ? failure : new IOException(directory + " was not forced to disk");
    }
  }

  /** A turn with the directory: one that is over, or one that the caller has to run. */
  private Turn awaitTurn(Path directory) {
    lock.lock();
    try {
      Turn turn = next;
      turn.directories.add(directory);
      while (busy && !turn.over) {
        ended.awaitUninterruptibly();
      }
      if (!turn.over) {
        busy = true;
        next = new Turn();
      }
      return turn;
    } finally {
      lock.unlock();
    }
  }

  private void end(Turn turn) {
    lock.lock();
    try {
      turn.over = true;
      busy = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
