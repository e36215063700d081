package io.distributary.core.relation.postgres;

import io.distributary.core.relation.postgres.PostgresType.Kind;
import java.sql.Array;
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
  /** A range over labels tells an enumeration's; an array is what array_in reads. */
  private static final String TYPE =
      "SELECT format_type(t.oid, -1), t.typtype, t.typbasetype, t.typtypmod, t.typdelim,"
          + " CASE WHEN t.typinput = 'pg_catalog.array_in'::regproc THEN t.typelem ELSE 0 END,"
          + " ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid"
          + " ORDER BY e.enumsortorder)"
          + " FROM pg_catalog.pg_type t WHERE t.oid = ?";

  private final Connection connection;
  private final Map<Long, Resolved> types = new HashMap<>();

  /** The types of that connection's database. The connection stays the caller's. */
  public PostgresTypeCatalogue(Connection connection) {
    this.connection = connection;
  }

  /**
   * A type with the modifier that the domains over it give it.
   *
   * @param modifier as {@code pg_type.typtypmod}; -1 for none
   */
  public record Resolved(PostgresType type, int modifier) {}

  /**
   * The type of that oid; of a domain, what it is over.
   *
   * @throws SQLException also where there is no such type
   */
  public Resolved type(long oid) throws SQLException {
    Resolved known = types.get(oid);
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

  private Resolved read(long oid) throws SQLException {
    String name;
    String kind;
    long base;
    int modifier;
    char delimiter;
    long element;
    List<String> labels;
    try (PreparedStatement statement = connection.prepareStatement(TYPE)) {
      statement.setLong(1, oid);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("The database has no type of the oid " + oid, "42704");
        }
        name = row.getString(1);
        kind = row.getString(2);
        base = row.getLong(3);
        modifier = row.getInt(4);
        delimiter = row.getString(5).charAt(0);
        element = row.getLong(6);
        labels = labels(row.getArray(7));
      }
    }
    if (kind.equals("d")) {
      Resolved over = type(base);
      return modifier == -1 ? over : new Resolved(over.type(), modifier);
    } else if (element != 0) {
      Resolved of = type(element);
      PostgresType array =
          new PostgresType(of.type().name() + "[]", Kind.ARRAY, of.type(), List.of(), delimiter);
      return new Resolved(array, of.modifier());
    }
    Kind sort =
        switch (kind) {
          case "e" -> Kind.ENUM;
          case "c" -> Kind.COMPOSITE;
          case "r", "m" -> Kind.RANGE;
          default -> Kind.BASE;
        };
    return new Resolved(new PostgresType(name, sort, null, labels, delimiter), -1);
  }

  private static List<String> labels(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
