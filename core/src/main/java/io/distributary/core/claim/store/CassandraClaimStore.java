package io.distributary.core.claim.store;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.distributary.core.claim.ClaimStore;
import io.distributary.core.claim.StoredClaim;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Keeps chunks in a Cassandra table, each in a partition of its own and with a time to live. It
 * connects when it is first used, and again after that failed.
 */
final class CassandraClaimStore implements ClaimStore {
  static final String NAME = "cassandra";

  private final CassandraSettings settings;
  private CassandraTable table;
  private boolean closed;

  CassandraClaimStore(CassandraSettings settings) {
    this.settings = settings;
  }

  static void define(StoreKeys keys) {
    CassandraKeys.define(keys);
  }

  static CassandraClaimStore of(StoreValues values) {
    return new CassandraClaimStore(CassandraSettings.of(values));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int window() {
    return settings.window();
  }

  @Override
  public void check() {
    table();
  }

  private synchronized CassandraTable table() {
    if (closed) {
      throw new ConnectException("The claim-check store was closed");
    }
    if (table == null) {
      try {
        table = CassandraTable.connect(settings);
      } catch (RuntimeException e) {
        throw CassandraErrors.translated("The claim-check store cannot be used", settings, e);
      }
    }
    return table;
  }

  @Override
  public CompletionStage<Void> put(String claim, int chunk, byte[] bytes) {
    return execute(
        "Chunk " + chunk + " of claim " + claim + " cannot be written",
        open ->
            open.insert()
                .bind(claim, chunk, bytes.length, ByteBuffer.wrap(bytes), settings.ttlSeconds()),
        result -> null);
  }

  @Override
  public CompletionStage<byte[]> get(String claim, int chunk) {
    return execute(
        "Chunk " + chunk + " of claim " + claim + " cannot be read",
        open -> open.select().bind(claim, chunk),
        result -> {
          Row row = result.one();
          ByteBuffer data = row == null ? null : row.getByteBuffer(0);
          return data == null ? null : content(data);
        });
  }

  private static byte[] content(ByteBuffer data) {
    byte[] content = new byte[data.remaining()];
    data.get(content);
    return content;
  }

  private <T> CompletionStage<T> execute(
      String failure,
      Function<CassandraTable, Statement<?>> statement,
      Function<AsyncResultSet, T> answer) {
    try {
      CassandraTable open = table();
      return open.session()
          .executeAsync(statement.apply(open))
          .handle(
              (result, error) -> {
                if (error != null) {
                  throw CassandraErrors.translated(failure, settings, error);
                }
                return answer.apply(result);
              });
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(CassandraErrors.translated(failure, settings, e));
    }
  }

  @Override
  public void delete(String claim, int chunks, Instant before) {
    Deque<CompletionStage<Void>> deletions = new ArrayDeque<>();
    for (int chunk = chunks - 1; chunk > 0; chunk--) {
      if (deletions.size() >= window()) {
        await(deletions.removeFirst());
      }
      deletions.add(deletion(claim, chunk, before));
    }
    deletions.forEach(CassandraClaimStore::await);
    await(deletion(claim, 0, before)); // the first chunk, which says what it is, goes last
  }

  /** Cassandra itself keeps what was written after the time of a deletion. */
  private CompletionStage<Void> deletion(String claim, int chunk, Instant before) {
    return execute(
        "Chunk " + chunk + " of claim " + claim + " cannot be removed",
        open -> open.delete().bind(ChronoUnit.MICROS.between(Instant.EPOCH, before), claim, chunk),
        result -> null);
  }

  private static void await(CompletionStage<Void> stage) {
    try {
      stage.toCompletableFuture().join();
    } catch (java.util.concurrent.CompletionException e) {
      throw e.getCause() instanceof ConnectException failure ? failure : e;
    }
  }

  @Override
  public List<StoredClaim> list() {
    try {
      CassandraTable open = table();
      Map<String, StoredClaim> claims = new HashMap<>();
      for (Row row : open.session().execute(open.list())) {
        claims.merge(row.getString("claim_id"), claim(row), CassandraClaimStore::together);
      }
      return List.copyOf(claims.values());
    } catch (RuntimeException e) {
      throw CassandraErrors.translated("The claims cannot be listed", settings, e);
    }
  }

  private static StoredClaim claim(Row row) {
    Instant expires = row.isNull("ttl") ? null : Instant.now().plusSeconds(row.getInt("ttl"));
    return new StoredClaim(
        row.getString("claim_id"),
        row.getInt("chunk") + 1,
        row.getInt("bytes"),
        Instant.EPOCH.plus(row.getLong("written"), ChronoUnit.MICROS),
        expires);
  }

  private static StoredClaim together(StoredClaim a, StoredClaim b) {
    return new StoredClaim(
        a.id(),
        Math.max(a.chunks(), b.chunks()),
        a.bytes() + b.bytes(),
        earlier(a.written(), b.written()),
        earlier(a.expires(), b.expires()));
  }

  /** Null is later than any. */
  private static Instant earlier(Instant a, Instant b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.isBefore(b) ? a : b;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (table != null) {
      table.close();
      table = null;
    }
  }
}
