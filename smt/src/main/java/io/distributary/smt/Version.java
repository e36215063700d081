package io.distributary.smt;

/** The version of this build, as the jar's manifest has it. */
final class Version {
  private Version() {}

  static String of(Class<?> plugin) {
    String version = plugin.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
