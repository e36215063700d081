package io.distributary.core.claim.store;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;

/** Which of the driver's failures may pass by themselves, and what to say of the others. */
final class CassandraErrors {
  private CassandraErrors() {}

  /** The failure in the words of a claim store. */
  static ConnectException translated(String what, CassandraSettings settings, Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    if (cause instanceof ConnectException known) {
      return known;
    }
    String message = what + " in " + settings + ": " + cause.getMessage();
    if (!permanent(cause)) {
      return new RetriableException(message + hint(settings, cause), cause);
    }
    return new ConnectException(message + ". " + advice(settings, cause), cause);
  }

  /** A node that takes clients by TLS only hangs up on one that does not begin with it. */
  private static String hint(CassandraSettings settings, Throwable error) {
    return !settings.tls().enabled() && found(error, ClosedConnectionException.class).isPresent()
        ? ". If the cluster takes clients by TLS only, set cassandra.tls=true"
        : "";
  }

  private static boolean permanent(Throwable error) {
    if (error instanceof AllNodesFailedException all) {
      List<Throwable> errors = all.getAllErrors().values().stream().flatMap(List::stream).toList();
      return !errors.isEmpty() && errors.stream().allMatch(CassandraErrors::permanent);
    }
    return error instanceof QueryValidationException
        || error instanceof AuthenticationException
        || error instanceof InvalidKeyspaceException
        || error instanceof UnsupportedProtocolVersionException
        || error instanceof SSLException
        || error instanceof IllegalArgumentException
        || (error.getCause() != null && error.getCause() != error && permanent(error.getCause()));
  }

  private static String advice(CassandraSettings settings, Throwable error) {
    if (found(error, AuthenticationException.class).isPresent()) {
      return "Check cassandra.username and cassandra.password";
    }
    Optional<SSLException> handshake = found(error, SSLException.class);
    if (handshake.isPresent()) {
      return settings.tls().advice(handshake.get());
    }
    if (found(error, UnsupportedProtocolVersionException.class).isPresent()) {
      return "Set cassandra.protocol.version to one that the cluster speaks";
    }
    String message = String.valueOf(error.getMessage());
    if (message.contains("too large") || message.contains("exceeds")) {
      return "Lower chunk.bytes or chunk.rows, or raise the cluster's max_mutation_size and"
          + " native_transport_max_message_size";
    }
    return "Check the cassandra settings, the table's columns and the user's permissions";
  }

  /** The first failure of that type, of whichever node. */
  private static <T extends Throwable> Optional<T> found(Throwable error, Class<T> type) {
    if (error instanceof AllNodesFailedException all) {
      return all.getAllErrors().values().stream()
          .flatMap(List::stream)
          .flatMap(each -> found(each, type).stream())
          .findFirst();
    }
    if (type.isInstance(error)) {
      return Optional.of(type.cast(error));
    }
    Throwable cause = error.getCause();
    return cause == null || cause == error ? Optional.empty() : found(cause, type);
  }
}
