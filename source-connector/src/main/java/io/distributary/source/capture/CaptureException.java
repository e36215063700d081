package io.distributary.source.capture;

import org.apache.kafka.connect.errors.ConnectException;

/** The source cannot be read on. The message names the subject and what to do. */
public final class CaptureException extends ConnectException {

  /** A failure with its reason. */
  public CaptureException(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public CaptureException(String message, Throwable cause) {
    super(message, cause);
  }
}
