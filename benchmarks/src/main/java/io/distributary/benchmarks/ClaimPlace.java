package io.distributary.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A place where chunks are kept: as our store uses it, and as a plain program would. */
interface ClaimPlace extends AutoCloseable {

  /** What configures our store here. */
  Map<String, String> settings();

  /** Writes chunks, as many at once as our store does, and returns when all are durable. */
  void write(List<byte[]> chunks) throws Exception;

  /** Reads what was written, as many at once; returns how many bytes that were. */
  long read(int chunks) throws Exception;

  /** Removes what was written. */
  void clear() throws Exception;

  @Override
  void close() throws IOException;
}
