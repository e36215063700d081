package io.distributary.core.claim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectorySyncTest {
  private static final int THREADS = 8;
  private static final int CALLS = 400;

  private final ExecutorService forcing = Executors.newSingleThreadExecutor();
  private final DirectorySync sync = new DirectorySync(forcing);
  @TempDir private Path directory;

  @AfterEach
  void end() {
    forcing.shutdown();
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void everyCallEndsAndOnlyThoseForTheMissingDirectoryFail() throws Exception {
    Path missing = directory.resolve("missing");
    List<Callable<Boolean>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      Path asked = i % 3 == 0 ? missing : directory;
      calls.add(() -> isForced(asked));
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Boolean>> forced = threads.invokeAll(calls);
      for (int i = 0; i < CALLS; i++) {
        assertThat(forced.get(i).get()).isEqualTo(i % 3 != 0);
      }
    } finally {
      threads.shutdown();
    }
  }

  private boolean isForced(Path asked) {
    try {
      sync.force(asked).toCompletableFuture().join();
      return true;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(NoSuchFileException.class);
      return false;
    }
  }

  @Test
  void aDirectoryThatIsNoMoreIsNamed() {
    Path missing = directory.resolve("missing");
    assertThatThrownBy(() -> sync.force(missing).toCompletableFuture().join())
        .hasCauseInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("missing");
  }
}
