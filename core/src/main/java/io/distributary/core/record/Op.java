package io.distributary.core.record;

/** What happened to a row. */
public enum Op {
  /** The row was inserted. */
  CREATE("c"),
  /** The row was updated. */
  UPDATE("u"),
  /** The row was deleted. */
  DELETE("d"),
  /** The row was read by a snapshot. */
  READ("r"),
  /** All rows of the table were removed at once. */
  TRUNCATE("t");

  private final String code;

  Op(String code) {
    this.code = code;
  }

  /** The one-letter code that stands in records: Debezium's envelope {@code op}. */
  public String code() {
    return code;
  }

  /**
   * The operation behind a code.
   *
   * @throws IllegalArgumentException for a code that is none of {@code c u d r t}
   */
  public static Op of(String code) {
    return switch (code) {
      case "c" -> CREATE;
      case "u" -> UPDATE;
      case "d" -> DELETE;
      case "r" -> READ;
      case "t" -> TRUNCATE;
      default ->
          throw new IllegalArgumentException("Unknown op '" + code + "': expected c, u, d, r or t");
    };
  }
}
