package io.distributary.sink.write;

/** A failure to write, classified once, where it happened. */
public final class WriteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is, and so what can help. */
  public enum Kind {
    /** The database or the way to it: the same may succeed in a while. */
    TRANSIENT,
    /** The change: it will never succeed as it is. */
    DATA,
    /** Another task owns the checkpoints: this one must end. */
    FENCED,
    /** Anything else, such as a missing table: someone must act. */
    FATAL
  }

  private final Kind kind;

  /** A failure of that kind; the message names table, and key where there is one. */
  public WriteException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** The kind of failure. */
  public Kind kind() {
    return kind;
  }
}
