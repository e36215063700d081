package io.distributary.core.record;

/** What a unit states. */
public enum UnitKind {
  /** The changes of one or several transactions. */
  UPDATE("update"),
  /** The whole content of a table as of an LSN; rows that it does not hold do not exist. */
  SNAPSHOT("snapshot");

  private final String code;

  UnitKind(String code) {
    this.code = code;
  }

  /** The word that stands in a batch's {@code kind}. */
  public String code() {
    return code;
  }

  /**
   * The kind behind a word.
   *
   * @throws IllegalArgumentException for a word that is neither {@code update} nor {@code snapshot}
   */
  public static UnitKind of(String code) {
    return switch (code) {
      case "update" -> UPDATE;
      case "snapshot" -> SNAPSHOT;
      default ->
          throw new IllegalArgumentException(
              "Unknown unit kind '" + code + "': expected update or snapshot");
    };
  }
}
