package io.distributary.source.postgres;

/** When the content of tables is read whole. What a user asks for is always read. */
public enum SnapshotMode {
  /** Each table once, before its changes; anew when the history was lost. */
  INITIAL,
  /** Never by itself; a lost history is an error. */
  NEVER,
  /** As {@link #INITIAL}: what was never read or whose history was lost needs it. */
  WHEN_NEEDED
}
