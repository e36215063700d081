package io.distributary.core.claim.store;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.internal.core.ssl.DefaultSslEngineFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * A session with the cluster, and the prepared statements of the table of chunks.
 *
 * <p>Safe for use by several threads.
 */
final class CassandraTable implements AutoCloseable {
  private static final int PREPARE_ATTEMPTS = 10;
  private static final long PREPARE_PAUSE_MILLIS = 200;

  private final CqlSession session;
  private final PreparedStatement insert;
  private final PreparedStatement select;
  private final PreparedStatement delete;
  private final SimpleStatement list;

  private CassandraTable(CqlSession session, CassandraSettings settings) {
    String table = settings.keyspace() + "." + settings.table();
    this.session = session;
    insert =
        session.prepare(
            "INSERT INTO "
                + table
                + " (claim_id, chunk, bytes, data) VALUES (?, ?, ?, ?) USING TTL ?");
    select = session.prepare("SELECT data FROM " + table + " WHERE claim_id = ? AND chunk = ?");
    delete =
        session.prepare(
            "DELETE FROM " + table + " USING TIMESTAMP ? WHERE claim_id = ? AND chunk = ?");
    list =
        SimpleStatement.newInstance(
            "SELECT claim_id, chunk, bytes, WRITETIME(bytes) AS written, TTL(bytes) AS ttl FROM "
                + table);
  }

  /** Connects, and finds the table or creates it. Fails with the driver's own exceptions. */
  static CassandraTable connect(CassandraSettings settings) {
    settings.tls().requireReadable();
    CqlSession session = session(settings);
    try {
      requireDatacenter(session, settings);
      requireTable(session, settings);
      return prepare(session, settings);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private static CqlSession session(CassandraSettings settings) {
    // A worker's threads have other context loaders, which do not see the driver.
    ClassLoader loader = CassandraTable.class.getClassLoader();
    CqlSessionBuilder builder =
        CqlSession.builder()
            .withClassLoader(loader)
            .withConfigLoader(driverConfig(settings, loader))
            .addContactPoints(settings.addresses())
            .withLocalDatacenter(settings.localDatacenter());
    if (!settings.username().isEmpty()) {
      builder.withAuthCredentials(settings.username(), settings.password());
    }
    return builder.build();
  }

  private static DriverConfigLoader driverConfig(CassandraSettings settings, ClassLoader loader) {
    Duration timeout = settings.requestTimeout();
    ProgrammaticDriverConfigLoaderBuilder config =
        DriverConfigLoader.programmaticBuilder(loader)
            .withString(DefaultDriverOption.SESSION_NAME, "distributary-claims")
            .withString(DefaultDriverOption.PROTOCOL_VERSION, settings.protocolVersion())
            .withString(DefaultDriverOption.REQUEST_CONSISTENCY, settings.consistency().name())
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, timeout)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, timeout)
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, timeout)
            // Writing or removing a chunk twice is doing it once, so the driver may try again.
            .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
            .withBoolean(DefaultDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true)
            // Otherwise the driver waits a second after each statement that changes the schema.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(10))
            .withStringList(
                DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                List.of(settings.keyspace().toLowerCase(Locale.ROOT)))
            // A worker that comes back after a node did should not wait for the next minute.
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofSeconds(5))
            .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
            // Otherwise closing a session takes two seconds.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_IO_SIZE, 2)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1);
    addTls(settings.tls(), config);
    return config.build();
  }

  private static void addTls(CassandraTls tls, ProgrammaticDriverConfigLoaderBuilder config) {
    if (!tls.enabled()) {
      return;
    }
    config
        .withClass(DefaultDriverOption.SSL_ENGINE_FACTORY_CLASS, DefaultSslEngineFactory.class)
        .withBoolean(DefaultDriverOption.SSL_HOSTNAME_VALIDATION, tls.hostnameValidation());
    if (!tls.truststore().isEmpty()) {
      config
          .withString(DefaultDriverOption.SSL_TRUSTSTORE_PATH, tls.truststore())
          .withString(DefaultDriverOption.SSL_TRUSTSTORE_PASSWORD, tls.truststorePassword());
    }
    if (!tls.keystore().isEmpty()) {
      config
          .withString(DefaultDriverOption.SSL_KEYSTORE_PATH, tls.keystore())
          .withString(DefaultDriverOption.SSL_KEYSTORE_PASSWORD, tls.keystorePassword());
    }
  }

  /** Without this check, a wrong datacenter looks as if no node answered. */
  private static void requireDatacenter(CqlSession session, CassandraSettings settings) {
    List<String> datacenters =
        session.getMetadata().getNodes().values().stream()
            .map(Node::getDatacenter)
            .distinct()
            .toList();
    if (!datacenters.contains(settings.localDatacenter())) {
      throw new ConnectException(
          "There is no datacenter "
              + settings.localDatacenter()
              + " in "
              + settings
              + ": set cassandra.local.datacenter to one of "
              + datacenters);
    }
  }

  /** A table that another has just created may be a moment on its way to the node that is asked. */
  private static CassandraTable prepare(CqlSession session, CassandraSettings settings) {
    for (int attempt = 1; ; attempt++) {
      try {
        return new CassandraTable(session, settings);
      } catch (InvalidQueryException e) {
        if (!settings.autoCreate() || attempt == PREPARE_ATTEMPTS) {
          throw e;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PREPARE_PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectException("Interrupted while waiting for the table of chunks", e);
    }
  }

  private static void requireTable(CqlSession session, CassandraSettings settings) {
    Optional<KeyspaceMetadata> keyspace = session.getMetadata().getKeyspace(settings.keyspace());
    if (keyspace.isEmpty()) {
      create(session, settings, "keyspace " + settings.keyspace(), settings.keyspaceCql());
    }
    if (keyspace.isEmpty() || keyspace.get().getTable(settings.table()).isEmpty()) {
      create(session, settings, "table " + settings.table(), settings.tableCql());
    }
  }

  private static void create(
      CqlSession session, CassandraSettings settings, String what, String cql) {
    if (!settings.autoCreate()) {
      throw new ConnectException(
          "There is no "
              + what
              + " in "
              + settings
              + ". Set cassandra.auto.create=true, or run: "
              + settings.keyspaceCql()
              + "; "
              + settings.tableCql()
              + ";");
    }
    session.execute(cql);
  }

  CqlSession session() {
    return session;
  }

  PreparedStatement insert() {
    return insert;
  }

  PreparedStatement select() {
    return select;
  }

  PreparedStatement delete() {
    return delete;
  }

  SimpleStatement list() {
    return list;
  }

  @Override
  public void close() {
    session.close();
  }
}
