package io.distributary.benchmarks;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PostgreSQL's own logical replication of pgbench's tables, from one server to another. */
record LogicalReplication(Pgbench replica) implements Replication {

  /** Publishes the source's tables, and subscribes to them. */
  static LogicalReplication begin(Pgbench source, String target) throws SQLException {
    source.execute(
        List.of(
            "CREATE PUBLICATION reference FOR TABLE pgbench_branches, pgbench_tellers,"
                + " pgbench_accounts, pgbench_history"));
    Pgbench replica = Pgbench.empty(target);
    replica.execute(
        List.of(
            "CREATE SUBSCRIPTION reference CONNECTION '"
                + connection(source)
                + "' PUBLICATION reference"));
    return new LogicalReplication(replica);
  }

  private static String connection(Pgbench source) {
    Matcher url = Pattern.compile(".*//(.*):(.*)/(.*)\\?user=(.*)").matcher(source.url());
    if (!url.matches()) {
      throw new IllegalArgumentException(source.url());
    }
    return "host=%s port=%s dbname=%s user=%s"
        .formatted(url.group(1), url.group(2), url.group(3), url.group(4));
  }

  @Override
  public void off() throws SQLException {
    replica.execute(List.of("ALTER SUBSCRIPTION reference DISABLE"));
  }

  @Override
  public void on() throws SQLException {
    replica.execute(List.of("ALTER SUBSCRIPTION reference ENABLE"));
  }
}
