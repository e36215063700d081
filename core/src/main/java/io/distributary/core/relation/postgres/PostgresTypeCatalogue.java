package io.distributary.core.relation.postgres;

import io.distributary.core.relation.postgres.PostgresType.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The types that a PostgreSQL database has, by their oid. A type that is not known yet is read when
 * it is asked for; what was read is kept, but for {@link #forget}.
 *
 * <p>Not safe for use by several threads, as connections are not.
 */
public final class PostgresTypeCatalogue {
  /** Some types have elements and are no arrays; an array is what array_in reads. */
  private static final String TYPE =
      "SELECT format_type(t.oid, -1), t.typtype, t.typbasetype,"
          + " CASE WHEN t.typinput = 'pg_catalog.array_in'::regproc THEN t.typelem ELSE 0 END,"
          + " t.typdelim,"
          + " ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid"
          + " ORDER BY e.enumsortorder)"
          + " FROM pg_catalog.pg_type t WHERE t.oid = ?";

  private final Connection connection;
  private final Map<Long, PostgresType> types = new HashMap<>();

  /** The types of that connection's database. The connection stays the caller's. */
  public PostgresTypeCatalogue(Connection connection) {
    this.connection = connection;
  }

  /**
   * The type of that oid; of a domain, what it is over.
   *
   * @return null where there is no such type any more
   */
  public PostgresType type(long oid) throws SQLException {
    PostgresType known = types.get(oid);
    if (known == null) {
      known = read(oid);
      types.put(oid, known);
    }
    return known;
  }

  /** Reads all types anew when they are asked for: an enumeration may have got a label. */
  public void forget() {
    types.clear();
  }

  private PostgresType read(long oid) throws SQLException {
    String name;
    String kind;
    long base;
    long element;
    char delimiter;
    List<String> labels;
    try (PreparedStatement statement = connection.prepareStatement(TYPE)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        name = row.getString(1);
        kind = row.getString(2);
        base = row.getLong(3);
        element = row.getLong(4);
        delimiter = row.getString(5).charAt(0);
        labels = List.of((String[]) row.getArray(6).getArray());
      }
    }
    if (kind.equals("d")) {
      return type(base);
    } else if (element != 0) {
      PostgresType of = type(element);
      return of == null ? null : PostgresType.array(of);
    }
    return new PostgresType(name, kind(kind), null, labels, delimiter);
  }

  private static Kind kind(String code) {
    return switch (code) {
      case "e" -> Kind.ENUM;
      case "c" -> Kind.COMPOSITE;
      case "r", "m" -> Kind.RANGE;
      default -> Kind.BASE;
    };
  }
}
