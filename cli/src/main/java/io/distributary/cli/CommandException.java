package io.distributary.cli;

/** Why a command cannot do its work, and what to do about it; for people to read. */
final class CommandException extends RuntimeException {
  CommandException(String message, Throwable cause) {
    super(message, cause);
  }
}
