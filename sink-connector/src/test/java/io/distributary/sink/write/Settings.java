package io.distributary.sink.write;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Settings for tests: those of a sink that creates what it needs, with what a test changes. */
final class Settings {
  String sink = "sink";
  String url;
  DeleteMode deletes = DeleteMode.HARD;
  String marker = TargetSettings.DEFAULT_MARKER;
  SnapshotMode snapshots = SnapshotMode.SWAP;
  boolean autoCreate = true;
  boolean autoEvolve = false;
  MissingColumns missing = MissingColumns.FAIL;
  SynchronousCommit commits = SynchronousCommit.SERVER;
  final List<Route> routes = new ArrayList<>();
  final Map<String, CustomStatements> statements = new HashMap<>();
  final Map<String, RelationHandler> handlers = new HashMap<>();

  Settings(String url) {
    this.url = url;
  }

  TargetSettings done() {
    return new TargetSettings(
        sink,
        url,
        null,
        null,
        deletes,
        marker,
        snapshots,
        autoCreate,
        autoEvolve,
        missing,
        commits,
        routes,
        statements,
        handlers);
  }
}
