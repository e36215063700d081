package io.distributary.source.postgres;

import io.distributary.core.claim.chunk.Chunk;
import io.distributary.core.claim.chunk.ChunkReader;
import io.distributary.core.claim.chunk.RowForm;
import io.distributary.core.claim.chunk.RowFormat;
import io.distributary.source.capture.CaptureException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * A file for what of a transaction does not fit into memory, in the claim check's chunks. It has no
 * name once it is open, so nothing is left of it whatever happens. Not for several threads.
 */
final class SpoolFile implements AutoCloseable {
  private final FileChannel file;
  private final Map<String, RowFormat> formats = new HashMap<>();
  private long end;

  private SpoolFile(FileChannel file) {
    this.file = file;
  }

  /** Where a chunk stands. */
  record Place(long offset, int length) {}

  /**
   * Makes a file.
   *
   * @param directory null for the JVM's temporary directory
   * @throws CaptureException when it cannot be made
   */
  static SpoolFile create(Path directory) {
    try {
      Path path =
          directory == null
              ? Files.createTempFile("distributary-", ".spool")
              : Files.createTempFile(Files.createDirectories(directory), "distributary-", ".spool");
      return new SpoolFile(
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE));
    } catch (IOException e) {
      throw failed(
          "No file can be made for a transaction that does not fit into memory: "
              + e
              + ". Name a directory that can be written with transaction.spool.directory.",
          e);
    }
  }

  /** Appends a chunk. */
  Place append(Chunk chunk) {
    ByteBuffer bytes = ByteBuffer.wrap(chunk.bytes());
    Place place = new Place(end, bytes.remaining());
    try {
      while (bytes.hasRemaining()) {
        end += file.write(bytes, end);
      }
      return place;
    } catch (IOException e) {
      throw failed(
          "A transaction that does not fit into memory cannot be written to a file (by now "
              + end
              + " bytes): "
              + e
              + ". Make room, or name another directory with transaction.spool.directory.",
          e);
    }
  }

  /** Reads a chunk. */
  ChunkReader read(Place place) {
    ByteBuffer bytes = ByteBuffer.allocate(place.length());
    try {
      while (bytes.hasRemaining()) {
        if (file.read(bytes, place.offset() + bytes.position()) < 0) {
          throw new IOException("it ends at " + file.size());
        }
      }
      return new ChunkReader(bytes.array(), formats, RowForm.STRUCTS);
    } catch (IOException e) {
      throw failed("What was spooled of a transaction cannot be read: " + e, e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw failed("The spool file cannot be closed: " + e, e);
    }
  }

  /** Not as its cause, which would be taken for the server's trouble, and waited out. */
  private static CaptureException failed(String message, IOException e) {
    CaptureException failure = new CaptureException(message);
    failure.addSuppressed(e);
    return failure;
  }
}
