package io.distributary.sink.write;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where and how a sink writes, as parsed and checked by its configuration.
 *
 * @param sink the sink's name, under which its checkpoints stand in the target: the connector's
 * @param url the target's JDBC URL
 * @param user the user to connect as; null if the URL says it or there is none
 * @param password its password; null for none
 * @param deletes what a deleted row means
 * @param deleteMarker the marker column of {@link DeleteMode#SOFT}
 * @param snapshots how a snapshot takes a relation's place
 * @param autoCreate whether missing relations are created
 * @param autoEvolve whether missing columns are added
 * @param missingColumns what to do with columns that are missing still
 * @param synchronousCommit whether commits of PostgreSQL wait until they are on disk
 * @param routes the {@code table.mapping}; tables it does not name go to relations of their names
 * @param statements the user's own SQL, by the source table's name
 * @param handlers the user's own handlers, by the source table's name
 */
public record TargetSettings(
    String sink,
    String url,
    String user,
    String password,
    DeleteMode deletes,
    String deleteMarker,
    SnapshotMode snapshots,
    boolean autoCreate,
    boolean autoEvolve,
    MissingColumns missingColumns,
    SynchronousCommit synchronousCommit,
    List<Route> routes,
    Map<String, CustomStatements> statements,
    Map<String, RelationHandler> handlers) {

  /** The marker column's name where none is given. */
  public static final String DEFAULT_MARKER = "deleted";

  /** Copies the collections and checks that nothing but user and password is missing. */
  public TargetSettings {
    Objects.requireNonNull(sink, "sink");
    Objects.requireNonNull(url, "url");
    Objects.requireNonNull(deletes, "deletes");
    Objects.requireNonNull(deleteMarker, "deleteMarker");
    Objects.requireNonNull(snapshots, "snapshots");
    Objects.requireNonNull(missingColumns, "missingColumns");
    Objects.requireNonNull(synchronousCommit, "synchronousCommit");
    routes = List.copyOf(routes);
    statements = Map.copyOf(statements);
    handlers = Map.copyOf(handlers);
  }

  /** The URL, user and sink: never the password, nor a URL's parameters, which may hold one. */
  @Override
  public String toString() {
    return "TargetSettings[sink=" + sink + ", url=" + url.replaceAll("[?;].*", "") + "]";
  }
}
