package io.distributary.quickstart.launcher;

/** A child JVM could not be started or did not get ready; the message is meant for the user. */
public final class LaunchException extends RuntimeException {

  /** With what failed and what to do. */
  public LaunchException(String message) {
    super(message);
  }

  /** With what failed and what to do, and what led to it. */
  public LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
