package io.distributary.sink;

/** The plugin's version, as its jar's manifest has it. */
final class Version {
  private Version() {}

  /** The version; {@code development} where the classes are not in a jar. */
  static String get() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
