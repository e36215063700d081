package io.distributary.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A place where chunks are kept: as our store uses it, and as a plain program would. */
interface ClaimPlace extends AutoCloseable {

  /** What configures our store here. */
  Map<String, String> settings();

  /** Writes chunks, and returns when all are durable. */
  void write(List<byte[]> chunks) throws Exception;

  /** Reads what was written; returns how many bytes that were. */
  long read(int chunks) throws Exception;

  /** Removes what was written. */
  void clear() throws Exception;

  /** The processor time that a server has taken for both, in seconds; 0 where there is none. */
  double serverSeconds();

  @Override
  void close() throws IOException;
}
