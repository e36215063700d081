package io.distributary.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A directory. The plain program writes each chunk to a file, forces it to disk, and forces the
 * directory once at the end: the least that makes them durable.
 */
final class FilePlace implements ClaimPlace {
  private final Scratch scratch = Scratch.make();
  private final Path plain = Files.createDirectory(scratch.file("plain"));
  private final ExecutorService threads;

  /**
   * A directory of its own.
   *
   * @param threads how many chunks the plain program writes or reads at once
   */
  FilePlace(int threads) throws IOException {
    this.threads = Executors.newFixedThreadPool(threads);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of("store", "file", "file.directory", scratch.file("claims").toString());
  }

  @Override
  public void write(List<byte[]> chunks) throws Exception {
    List<Callable<Integer>> writes = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      Path file = file(i);
      byte[] chunk = chunks.get(i);
      writes.add(() -> write(file, chunk));
    }
    sum(writes);
    try (FileChannel channel = FileChannel.open(plain, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static int write(Path file, byte[] chunk) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.wrap(chunk);
      while (content.hasRemaining()) {
        channel.write(content);
      }
      channel.force(true);
    }
    return chunk.length;
  }

  @Override
  public long read(int chunks) throws Exception {
    List<Callable<Integer>> reads = new ArrayList<>();
    for (int i = 0; i < chunks; i++) {
      Path file = file(i);
      reads.add(() -> Files.readAllBytes(file).length);
    }
    return sum(reads);
  }

  private long sum(List<Callable<Integer>> work) throws Exception {
    long sum = 0;
    for (Future<Integer> done : threads.invokeAll(work)) {
      sum += done.get();
    }
    return sum;
  }

  private Path file(int chunk) {
    return plain.resolve(Integer.toString(chunk));
  }

  @Override
  public void clear() throws IOException {
    try (var files = Files.list(plain)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public double serverSeconds() {
    return 0;
  }

  @Override
  public void close() throws IOException {
    threads.shutdown();
    scratch.close();
  }
}
