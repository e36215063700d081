package io.distributary.core.claim.store;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** Which of a file system's failures may pass by themselves, and what to say of the others. */
final class FileErrors {
  private FileErrors() {}

  /** Any failure of what was under way, in the words of a claim store. */
  static ConnectException translated(String what, Path where, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    if (cause instanceof ConnectException known) {
      return known;
    }
    if (cause instanceof RejectedExecutionException) {
      return new ConnectException(
          what + ": " + where + ": the claim-check store was closed", cause);
    }
    return cause instanceof IOException e
        ? failure(what, where, e)
        : new ConnectException(what + ": " + where + ": " + cause, cause);
  }

  /** Who may not write needs somebody to act; a full or failing disk may recover. */
  static ConnectException failure(String what, Path where, Exception e) {
    String message = what + ": " + where + ": " + e;
    boolean permanent =
        e instanceof AccessDeniedException
            || e instanceof NotDirectoryException
            || e instanceof FileAlreadyExistsException
            || e instanceof ReadOnlyFileSystemException
            || (e instanceof FileSystemException f && "Not a directory".equals(f.getReason()));
    return permanent
        ? new ConnectException(message + ". Check file.directory and its permissions.", e)
        : new RetriableException(message, e);
  }
}
