package io.distributary.quickstart.app;

/** placeholder */
final class Metrics {
  Metrics(long pid) {}

  String snapshotProgress() {
    return "";
  }
}
