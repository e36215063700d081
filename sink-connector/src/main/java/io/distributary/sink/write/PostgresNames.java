package io.distributary.sink.write;

import io.distributary.core.relation.Names;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Names of PostgreSQL's columns and relations, and their form as identifiers. */
final class PostgresNames {
  private static final int LONGEST = 63;
  private static final Pattern IDENTIFIER = Pattern.compile("\"([^\"]|\"\")+\"");

  private PostgresNames() {}

  /**
   * The name as an identifier.
   *
   * @throws WriteException for one that PostgreSQL would cut off, and so take for another
   */
  static String identifier(String name) {
    if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
      throw new WriteException(
          WriteException.Kind.FATAL,
          "The name "
              + name
              + " is longer than 63 bytes, the most that PostgreSQL takes. Give it a shorter one"
              + " with table.mapping",
          null);
    }
    return Names.quoted(name);
  }

  /** Whether a relation's name stands in quotes already, in which a dot is but a dot. */
  static boolean isIdentifier(String name) {
    return IDENTIFIER.matcher(name).matches();
  }

  /** The name of a relation, perhaps with its schema's before it, as an identifier. */
  static String relation(String name) {
    if (isIdentifier(name)) {
      return name;
    }
    int dot = name.indexOf('.');
    return dot > 0 && dot < name.length() - 1
        ? identifier(name.substring(0, dot)) + "." + identifier(name.substring(dot + 1))
        : identifier(name);
  }

  /** What stands for a relation of just that name: in quotes where a dot would part a schema's. */
  static String whole(String name) {
    return name.contains(".") || name.startsWith("\"") ? identifier(name) : name;
  }
}
