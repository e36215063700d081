package io.distributary.sink.write;

/** Whether a commit of PostgreSQL waits until it is on disk. */
public enum SynchronousCommit {
  /** As the server, the role or the URL says. */
  SERVER,
  /** It waits: for the disk, and for synchronous standbys. */
  ON,
  /** It waits for the disk of this server only. */
  LOCAL,
  /** It does not wait: after a crash rows and checkpoint are back a moment, and read again. */
  OFF;

  String sql() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
