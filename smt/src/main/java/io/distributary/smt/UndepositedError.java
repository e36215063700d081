package io.distributary.smt;

/**
 * A record that could not be deposited was dropped by Connect, and another one follows it. An error
 * and no exception, because {@code errors.tolerance=all} tolerates every exception: the records
 * that follow would carry the source's offset past the lost one.
 */
final class UndepositedError extends Error {
  UndepositedError(String message, Throwable cause) {
    super(message, cause);
  }
}
