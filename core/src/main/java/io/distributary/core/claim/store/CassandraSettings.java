package io.distributary.core.claim.store;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a Cassandra cluster is reached and used as a claim-check store.
 *
 * @param contactPoints as configured, {@code host:port}
 * @param username empty for a cluster without authentication
 * @param ttlSeconds how long chunks live; 0 for ever
 * @param autoCreate whether keyspace and table may be created
 * @param replicationFactor of a keyspace that is created
 * @param window how many chunks are under way at once
 */
record CassandraSettings(
    List<String> contactPoints,
    String localDatacenter,
    String keyspace,
    String table,
    String username,
    String password,
    CassandraTls tls,
    DefaultConsistencyLevel consistency,
    int ttlSeconds,
    Duration requestTimeout,
    boolean autoCreate,
    int replicationFactor,
    int window,
    String protocolVersion) {

  private static final int DEFAULT_PORT = 9042;

  static CassandraSettings of(StoreValues values) {
    if (values.list(CassandraKeys.CONTACT_POINTS).isEmpty()) {
      throw values.wrong(
          CassandraKeys.CONTACT_POINTS, "", "store=cassandra needs at least one host:port");
    }
    if (values.text(CassandraKeys.DATACENTER).isEmpty()) {
      throw values.wrong(
          CassandraKeys.DATACENTER,
          "",
          "store=cassandra needs it; 'nodetool status' shows it, often datacenter1");
    }
    for (String point : values.list(CassandraKeys.CONTACT_POINTS)) {
      try {
        address(point);
      } catch (IllegalArgumentException e) {
        throw values.wrong(CassandraKeys.CONTACT_POINTS, point, "must be host:port");
      }
    }
    return new CassandraSettings(
        values.list(CassandraKeys.CONTACT_POINTS),
        values.text(CassandraKeys.DATACENTER),
        values.text(CassandraKeys.KEYSPACE),
        values.text(CassandraKeys.TABLE),
        values.text(CassandraKeys.USERNAME),
        values.password(CassandraKeys.PASSWORD),
        CassandraTls.of(values),
        DefaultConsistencyLevel.valueOf(values.text(CassandraKeys.CONSISTENCY)),
        values.number(CassandraKeys.TTL),
        Duration.ofMillis(values.number(CassandraKeys.TIMEOUT)),
        values.flag(CassandraKeys.AUTO_CREATE),
        values.number(CassandraKeys.REPLICATION),
        values.number(CassandraKeys.WINDOW),
        values.text(CassandraKeys.PROTOCOL));
  }

  /** The addresses, looked up anew each time: a node may have moved. */
  List<InetSocketAddress> addresses() {
    return contactPoints.stream().map(CassandraSettings::address).toList();
  }

  private static InetSocketAddress address(String point) {
    int colon = point.lastIndexOf(':');
    return colon < 0
        ? new InetSocketAddress(point, DEFAULT_PORT)
        : new InetSocketAddress(
            point.substring(0, colon), Integer.parseInt(point.substring(colon + 1)));
  }

  /** The keyspace as it is created, in CQL. */
  String keyspaceCql() {
    return "CREATE KEYSPACE IF NOT EXISTS "
        + keyspace
        + " WITH replication = {'class': 'NetworkTopologyStrategy', '"
        + localDatacenter.replace("'", "''")
        + "': "
        + replicationFactor
        + "}";
  }

  /**
   * The table as it is created, in CQL: a partition for each chunk. Chunks are compressed already,
   * and those written on one day expire on one day.
   */
  String tableCql() {
    return "CREATE TABLE IF NOT EXISTS "
        + keyspace
        + "."
        + table
        + " (claim_id text, chunk int, bytes int, data blob, PRIMARY KEY ((claim_id, chunk)))"
        + " WITH compression = {'enabled': 'false'}"
        + " AND compaction = {'class': 'TimeWindowCompactionStrategy',"
        + " 'compaction_window_unit': 'DAYS', 'compaction_window_size': '1'}";
  }

  /** Hides the password. */
  @Override
  public String toString() {
    return "Cassandra[" + contactPoints + ", " + keyspace + "." + table + "]";
  }
}
