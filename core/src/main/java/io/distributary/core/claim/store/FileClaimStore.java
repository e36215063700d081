package io.distributary.core.claim.store;

import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.StoredClaim;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.connect.errors.DataException;

/**
 * Keeps chunks as files, for a single machine: {@code <directory>/<claim>/<chunk>.avro}. A chunk is
 * written beside its place, forced to disk and moved there, and its directory is forced to disk
 * too; so it is there whole or not at all, whoever else writes it. Claims do not expire here.
 */
final class FileClaimStore implements ClaimStore {
  static final String NAME = "file";

  private static final String DIRECTORY = "file.directory";
  private static final String SUFFIX = ".avro";

  /** A file system forces several files in little more time than one. */
  private static final int THREADS = 8;

  /** Half of them may wait for their directory while the threads write the others. */
  private static final int WINDOW = 2 * THREADS;

  /** What claim ids are made of; with no slash in it, a name stays within its directory. */
  private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,200}");

  private final Path directory;
  private final ExecutorService threads;
  private final ExecutorService forcing = Executors.newSingleThreadExecutor(FileClaimStore::thread);
  private final DirectorySync directories = new DirectorySync(forcing);

  FileClaimStore(Path directory) {
    this.directory = directory;
    this.threads = Executors.newFixedThreadPool(THREADS, FileClaimStore::thread);
  }

  static void define(StoreKeys keys) {
    keys.add(
        DIRECTORY,
        ConfigDef.Type.STRING,
        "",
        null,
        Width.LONG,
        "Directory",
        "With store=file: the absolute path of the directory that holds the chunks. It is created"
            + " where it is missing. Source and sink must name the same one.");
  }

  static FileClaimStore of(StoreValues values) {
    String directory = values.text(DIRECTORY);
    if (directory.isEmpty() || !Path.of(directory).isAbsolute()) {
      throw values.wrong(DIRECTORY, directory, "store=file needs the absolute path of a directory");
    }
    return new FileClaimStore(Path.of(directory));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "distributary-claim-file");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int window() {
    return WINDOW;
  }

  @Override
  public void check() {
    try {
      Files.createDirectories(directory);
      Files.delete(Files.createTempFile(directory, "check", ".tmp"));
    } catch (IOException | ReadOnlyFileSystemException e) {
      throw FileErrors.failure(
          "The directory of the claim-check store cannot be written", directory, e);
    }
  }

  @Override
  public CompletionStage<Void> put(String claim, int chunk, byte[] bytes) {
    return async(() -> write(path(claim), chunk, bytes))
        .thenCompose(directories::force)
        .<Void>handle(
            (done, error) -> {
              if (error != null) {
                throw FileErrors.translated(
                    "Chunk " + chunk + " of claim " + claim + " cannot be written",
                    directory,
                    error);
              }
              return null;
            });
  }

  @Override
  public CompletionStage<byte[]> get(String claim, int chunk) {
    return async(() -> read(path(claim).resolve(file(chunk))));
  }

  private <T> CompletionStage<T> async(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(work, threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(
          FileErrors.translated("The claim-check store cannot be used", directory, e));
    }
  }

  /** The claim's directory. */
  private Path path(String claim) {
    Path path = LEGAL.matcher(claim).matches() ? directory.resolve(claim).normalize() : directory;
    if (!directory.normalize().equals(path.getParent()) || Files.isSymbolicLink(path)) {
      throw new DataException(
          "'" + claim + "' is not the id of a claim: it must be a plain name inside " + directory);
    }
    return path;
  }

  private static String file(int chunk) {
    return "%05d%s".formatted(chunk, SUFFIX);
  }

  /** Writes a chunk, all but its name on disk, and returns the directory that has this. */
  private Path write(Path claim, int chunk, byte[] bytes) {
    Path temporary = claim.resolve(file(chunk) + "." + UUID.randomUUID() + ".tmp");
    try {
      makeDirectory(claim);
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer content = ByteBuffer.wrap(bytes);
        while (content.hasRemaining()) {
          channel.write(content);
        }
        channel.force(true);
      }
      Files.move(temporary, claim.resolve(file(chunk)), StandardCopyOption.ATOMIC_MOVE);
      return claim;
    } catch (IOException | ReadOnlyFileSystemException e) {
      discard(temporary, e);
      throw FileErrors.failure("Chunk " + chunk + " cannot be written", claim, e);
    }
  }

  private void makeDirectory(Path claim) throws IOException {
    if (Files.isDirectory(claim)) {
      return;
    }
    Files.createDirectories(directory);
    try {
      Files.createDirectory(claim);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(claim)) {
        throw e;
      }
    }
    force();
  }

  private void force() throws IOException {
    try {
      directories.force(directory).toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw e;
    }
  }

  private static void discard(Path temporary, Exception reason) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static byte[] read(Path chunk) {
    try {
      return Files.readAllBytes(chunk);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw FileErrors.failure("The chunk cannot be read", chunk, e);
    }
  }

  @Override
  public void delete(String claim, int chunks, Instant before) {
    Path path = path(claim);
    try {
      if (Files.isDirectory(path)) {
        removeFiles(path, before);
      }
      Files.deleteIfExists(path);
      force();
    } catch (NoSuchFileException e) {
      // Another one removes it, which is what was asked for.
    } catch (DirectoryNotEmptyException e) {
      // A chunk was written since.
    } catch (IOException e) {
      throw FileErrors.failure("The claim cannot be removed", path, e);
    }
  }

  /**
   * One after the other, for a claim may have very many; and last the first chunk, which says what
   * it is.
   */
  private static void removeFiles(Path claim, Instant before) throws IOException {
    Path first = claim.resolve(file(0));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(claim)) {
      for (Path file : files) {
        if (!file.equals(first)) {
          removeFile(file, before);
        }
      }
    }
    removeFile(first, before);
  }

  private static void removeFile(Path file, Instant before) throws IOException {
    if (Files.exists(file) && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public List<StoredClaim> list() {
    List<StoredClaim> claims = new ArrayList<>();
    try {
      for (Path claim : files(directory)) {
        if (Files.isDirectory(claim)) {
          try {
            describe(claim, claims);
          } catch (NoSuchFileException e) {
            // It is being removed by another.
          }
        }
      }
    } catch (IOException e) {
      throw FileErrors.failure("The claims cannot be listed", directory, e);
    }
    return claims;
  }

  private static void describe(Path claim, List<StoredClaim> claims) throws IOException {
    int chunks = 0;
    long bytes = 0;
    Instant oldest = Instant.MAX;
    for (Path file : files(claim)) {
      String name = file.getFileName().toString();
      if (name.endsWith(SUFFIX) && Files.exists(file)) {
        chunks = Math.max(chunks, 1 + Integer.parseInt(name.substring(0, name.indexOf('.'))));
        bytes += Files.size(file);
        Instant written = Files.getLastModifiedTime(file).toInstant();
        oldest = written.isBefore(oldest) ? written : oldest;
      }
    }
    if (chunks > 0) {
      claims.add(new StoredClaim(claim.getFileName().toString(), chunks, bytes, oldest, null));
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
        stream.forEach(files::add);
      }
    }
    return files;
  }

  @Override
  public void close() {
    threads.shutdown();
    forcing.shutdown();
  }
}
