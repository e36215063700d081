package io.distributary.sink;

import io.distributary.core.signal.SnapshotRequest;

/** Where a sink asks sources for snapshots. */
interface Signals extends AutoCloseable {

  /** Whether there is anywhere to ask. */
  boolean configured();

  /**
   * Asks for a snapshot. When it returns, the request is durable.
   *
   * @param source the source's {@code topic.prefix}
   * @throws org.apache.kafka.common.KafkaException when it cannot be sent for now
   */
  void ask(String source, SnapshotRequest request);

  @Override
  void close();

  /** Nowhere: people have to ask. */
  Signals NONE =
      new Signals() {
        @Override
        public boolean configured() {
          return false;
        }

        @Override
        public void ask(String source, SnapshotRequest request) {
          throw new IllegalStateException("There is no signal topic");
        }

        @Override
        public void close() {}
      };
}
