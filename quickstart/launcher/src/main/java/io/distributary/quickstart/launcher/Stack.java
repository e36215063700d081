package io.distributary.quickstart.launcher;

/**
 * A broker and a Connect worker that run.
 *
 * @param broker started and ready
 * @param worker started and ready
 */
public record Stack(Broker broker, Worker worker) implements AutoCloseable {

  /**
   * Starts both at once and returns when both are ready.
   *
   * @throws LaunchException when one does not get ready; then both are stopped
   */
  public static Stack start(Broker broker, Worker worker) {
    Stack stack = new Stack(broker, worker);
    try {
      broker.start();
      worker.start();
      broker.awaitReady();
      worker.awaitReady();
      return stack;
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  /** A client of the worker's REST API. */
  public ConnectClient connect() {
    return worker.connect();
  }

  /** Stops the worker, then the broker, which the worker needs to stop in order. */
  @Override
  public void close() {
    worker.close();
    broker.close();
  }
}
