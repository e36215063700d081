package io.distributary.core.claim.chunk;

import org.apache.kafka.connect.errors.DataException;

/** A chunk is not what was written. The message says in what way, not which chunk it is. */
public final class DamagedChunkException extends DataException {

  /** Damage that was seen from outside. */
  public DamagedChunkException(String message) {
    super(message);
  }

  /** Damage that made reading fail. */
  public DamagedChunkException(String message, Throwable cause) {
    super(message, cause);
  }
}
