package io.distributary.source.keylog;

import io.distributary.core.record.Change;

/** No changes at all: the content of an empty table. */
public final class NoChanges implements Changes {

  @Override
  public Change next() {
    return null;
  }

  @Override
  public void close() {}
}
