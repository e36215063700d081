package io.distributary.quickstart.launcher;

/** A child JVM could not be started or did not get ready; the message is meant for the user. */
public final class LaunchException extends RuntimeException {

  public LaunchException(String message) {
    super(message);
  }

  public LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
