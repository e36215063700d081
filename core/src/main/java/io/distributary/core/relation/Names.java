package io.distributary.core.relation;

/** How names are quoted in SQL and spelt where only some characters are legal. */
public final class Names {
  private Names() {}

  /** The name as an SQL identifier in double quotes, the standard's way. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** The text as an SQL string literal. */
  public static String literal(String text) {
    return '\'' + text.replace("'", "''") + '\'';
  }

  /**
   * The name as a legal Avro name (letters, digits and underscores of ASCII, no digit first; Avro
   * 1.12 specification, "Names"): each illegal character becomes an underscore. Two names may
   * become one; who uses the result as an identity must check.
   */
  public static String avro(String name) {
    StringBuilder legal = new StringBuilder(name.length() + 1);
    if (name.isEmpty() || Character.isDigit(name.charAt(0))) {
      legal.append('_');
    }
    name.chars().forEach(c -> legal.append(isAvroLetter(c) ? (char) c : '_'));
    return legal.toString();
  }

  /** The dotted name with each of its parts a legal Avro name. */
  public static String avroNamespace(String dotted) {
    StringBuilder legal = new StringBuilder(dotted.length());
    for (String part : dotted.split("\\.", -1)) {
      legal.append(legal.isEmpty() ? "" : ".").append(avro(part));
    }
    return legal.toString();
  }

  /**
   * The name as part of a legal Kafka topic name (letters, digits, dot, underscore and dash of
   * ASCII): each illegal character becomes an underscore. Two names may become one.
   */
  public static String topic(String name) {
    return name.replaceAll("[^a-zA-Z0-9._-]", "_");
  }

  private static boolean isAvroLetter(int c) {
    return c == '_' || (c < 128 && Character.isLetterOrDigit(c));
  }
}
