package io.distributary.benchmarks;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.distributary.quickstart.launcher.Cassandra;
import io.distributary.quickstart.launcher.Checkout;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.function.ToLongFunction;

/**
 * A real Cassandra, a child JVM on this machine. The plain program is the driver's own asynchronous
 * execution of prepared statements, on a table like ours.
 */
final class CassandraPlace implements ClaimPlace {
  /** As many as our store has by default. */
  private static final int WINDOW = 16;

  private static final int TTL_SECONDS = 7 * 24 * 60 * 60;
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String COLUMNS =
      "(claim_id text, chunk int, bytes int, data blob, PRIMARY KEY ((claim_id, chunk)))";

  private final Scratch scratch = Scratch.make();
  private final Cassandra node;
  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;

  CassandraPlace() throws IOException {
    node = Cassandra.onFreePorts(Checkout.around(Path.of("")).cassandra(), scratch.directory());
    node.start();
    node.awaitReady();
    session = connect(node.contactPoint());
    session.execute(
        "CREATE KEYSPACE plain WITH replication = {'class': 'NetworkTopologyStrategy', '"
            + Cassandra.DATACENTER
            + "': 1}");
    session.execute(
        "CREATE TABLE plain.chunks " + COLUMNS + " WITH compression = {'enabled': 'false'}");
    insert =
        session.prepare(
            "INSERT INTO plain.chunks (claim_id, chunk, bytes, data) VALUES ('plain', ?, ?, ?)"
                + " USING TTL "
                + TTL_SECONDS);
    select =
        session.prepare("SELECT data FROM plain.chunks WHERE claim_id = 'plain' AND chunk = ?");
  }

  private static CqlSession connect(String contactPoint) {
    String[] address = contactPoint.split(":", -1);
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(address[0], Integer.parseInt(address[1])))
        .withLocalDatacenter(Cassandra.DATACENTER)
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withString(DefaultDriverOption.PROTOCOL_VERSION, "V5")
                .withString(
                    DefaultDriverOption.REQUEST_CONSISTENCY,
                    DefaultConsistencyLevel.LOCAL_QUORUM.name())
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, TIMEOUT)
                .build())
        .build();
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "store", "cassandra",
        "cassandra.contact.points", node.contactPoint(),
        "cassandra.local.datacenter", Cassandra.DATACENTER,
        "cassandra.auto.create", "true",
        "cassandra.replication.factor", "1");
  }

  @Override
  public void write(List<byte[]> chunks) {
    execute(
        chunks.size(),
        chunk -> {
          byte[] content = chunks.get(chunk);
          return insert.bind(chunk, content.length, ByteBuffer.wrap(content));
        },
        result -> 0);
  }

  @Override
  public long read(int chunks) {
    return execute(chunks, select::bind, result -> result.one().getByteBuffer(0).remaining());
  }

  private long execute(
      int count, IntFunction<BoundStatement> statement, ToLongFunction<AsyncResultSet> size) {
    long sum = 0;
    Deque<CompletionStage<AsyncResultSet>> underWay = new ArrayDeque<>();
    for (int i = 0; i < count || !underWay.isEmpty(); ) {
      if (i < count && underWay.size() < WINDOW) {
        underWay.add(session.executeAsync(statement.apply(i++)));
      } else {
        sum += size.applyAsLong(underWay.removeFirst().toCompletableFuture().join());
      }
    }
    return sum;
  }

  @Override
  public void clear() {
    session.execute("TRUNCATE plain.chunks");
  }

  @Override
  public double serverSeconds() {
    return ServerProcessor.of(node.pid()).seconds();
  }

  @Override
  public void close() throws IOException {
    session.close();
    node.kill();
    node.close();
    scratch.close();
  }
}
