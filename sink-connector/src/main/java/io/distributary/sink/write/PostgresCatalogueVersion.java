package io.distributary.sink.write;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.TreeSet;
import org.postgresql.PGConnection;

/**
 * Tells when the definition of a relation in use changes: each catalogue row bears the transaction
 * that wrote it ({@code xmin}), so those of the relation, its columns, indexes and constraints make
 * a fingerprint. Statistics, which are written in place, do not touch it.
 */
final class PostgresCatalogueVersion implements AutoCloseable {
  private static final String FINGERPRINT =
      "SELECT coalesce(hashtextextended(string_agg(v, ' ' ORDER BY v), 0), 0) FROM ("
          + "SELECT 'r' || oid || '.' || xmin AS v FROM pg_class WHERE oid = ANY (?)"
          + " UNION ALL SELECT 'c' || attrelid || '.' || attnum || '.' || xmin FROM pg_attribute"
          + " WHERE attrelid = ANY (?) AND attnum > 0"
          + " UNION ALL SELECT 'i' || indexrelid || '.' || xmin FROM pg_index"
          + " WHERE indrelid = ANY (?)"
          + " UNION ALL SELECT 'k' || oid || '.' || xmin FROM pg_constraint"
          + " WHERE conrelid = ANY (?)"
          // A foreign key of another table shows as its triggers on this one.
          + " UNION ALL SELECT 't' || oid || '.' || xmin FROM pg_trigger"
          + " WHERE tgrelid = ANY (?)) s";

  /** How many catalogues the fingerprint is taken from. */
  private static final int SOURCES = 5;

  private final PreparedStatement fingerprint;
  private final PGConnection connection;
  private final TreeSet<Long> watched = new TreeSet<>();

  PostgresCatalogueVersion(Connection connection) throws SQLException {
    this.connection = connection.unwrap(PGConnection.class);
    this.fingerprint = connection.prepareStatement(FINGERPRINT);
  }

  /** Regards also the relation of that number. */
  void watch(long oid) {
    watched.add(oid);
  }

  /** Changes whenever a definition does. */
  long current() throws SQLException {
    if (watched.isEmpty()) {
      return 0;
    }
    for (int i = 1; i <= SOURCES; i++) {
      fingerprint.setArray(i, connection.createArrayOf("oid", watched.toArray()));
    }
    try (ResultSet row = fingerprint.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  @Override
  public void close() throws SQLException {
    fingerprint.close();
  }
}
