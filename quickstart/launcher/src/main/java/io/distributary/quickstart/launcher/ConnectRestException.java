package io.distributary.quickstart.launcher;

/** Connect refused a request. */
public final class ConnectRestException extends RuntimeException {

  private final int status;

  ConnectRestException(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }
}
