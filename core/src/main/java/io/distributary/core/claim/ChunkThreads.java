package io.distributary.core.claim;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that compress and decode chunks beside the threads of tasks: one per processor, for all
 * claims together. They end when there is nothing to do, so they keep no plugin loaded.
 */
final class ChunkThreads {
  private static final long IDLE_SECONDS = 5;

  /** Takes work of a few milliseconds that waits for nothing. */
  static final Executor EXECUTOR = executor();

  private ChunkThreads() {}

  private static Executor executor() {
    int processors = Runtime.getRuntime().availableProcessors();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            ChunkThreads::thread);
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "distributary-claim-chunk");
    thread.setDaemon(true);
    return thread;
  }
}
