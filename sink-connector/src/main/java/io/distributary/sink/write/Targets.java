package io.distributary.sink.write;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** The targets there are, by their JDBC URLs. */
public final class Targets {
  private Targets() {}

  /** All that there are: another database is one class and its line here. */
  private static final List<TargetDatabase> DATABASES =
      List.of(new SqliteDatabase(), new PostgresDatabase(), new MariaDbDatabase());

  /**
   * Connects to a target and makes the checkpoints' table where there is none.
   *
   * @throws WriteException if that fails: {@link WriteException.Kind#TRANSIENT} where trying again
   *     may help
   */
  public static Target open(TargetSettings settings) {
    Dialect dialect = connect(settings);
    try {
      return new JdbcTarget(dialect, settings);
    } catch (SQLException e) {
      throw closed(dialect, failure(settings, e));
    }
  }

  /**
   * Whether the URL is one that a target is known for; needs no connection.
   *
   * @return null if so, else what is wrong
   */
  public static Problem checkUrl(String url) {
    if (database(url) != null) {
      return null;
    }
    String known =
        DATABASES.stream()
            .map(
                database -> String.join(" or ", database.prefixes()) + " (" + database.name() + ")")
            .collect(Collectors.joining(", or "));
    return new Problem(
        "connection.url", "No target is known for this URL. It must begin with " + known);
  }

  /**
   * Whether the database of that URL has one writer at a time, so that more tasks than one would
   * only wait for each other.
   */
  public static boolean oneWriter(String url) {
    TargetDatabase database = database(url);
    return database != null && database.oneWriter();
  }

  /** The kind of database that a URL is for; null for none that is known. */
  private static TargetDatabase database(String url) {
    return DATABASES.stream()
        .filter(database -> database.prefixes().stream().anyMatch(url::startsWith))
        .findFirst()
        .orElse(null);
  }

  /**
   * Tries a configuration on the real database: connects, and looks at each relation that the
   * mapping names. Changes nothing there; a database file that does not exist is not created.
   *
   * @return what is wrong; empty if nothing is
   */
  public static List<Problem> check(TargetSettings settings) {
    Problem url = checkUrl(settings.url());
    if (url != null) {
      return List.of(url);
    }
    TargetDatabase database = database(settings.url());
    String hindrance = database.hindrance(settings);
    if (hindrance != null) {
      return List.of(new Problem("connection.url", "The target cannot be opened: " + hindrance));
    }
    if (settings.synchronousCommit() != SynchronousCommit.SERVER
        && !database.choosesSynchronousCommit()) {
      return List.of(
          new Problem(
              "synchronous.commit",
              "synchronous.commit is for PostgreSQL; sessions of "
                  + database.name()
                  + " cannot choose it. Leave it at server"));
    }
    if (database.madeWhenOpened(settings)) {
      return settings.autoCreate() ? List.of() : missing(settings);
    }
    try (Dialect dialect = connect(settings)) {
      List<Problem> problems = relationProblems(dialect, settings);
      problems.addAll(statementProblems(dialect, settings));
      return problems;
    } catch (SQLException e) {
      return List.of(new Problem("connection.url", failure(settings, e).getMessage()));
    } catch (WriteException e) {
      return List.of(new Problem("connection.url", e.getMessage()));
    }
  }

  private static List<Problem> missing(TargetSettings settings) {
    return settings.routes().stream().map(Targets::missing).toList();
  }

  private static Problem missing(Route route) {
    return new Problem(
        "table.mapping",
        "Relation "
            + route.relation()
            + ", the target of table "
            + route.table()
            + ", does not exist. Create it, or set auto.create=true");
  }

  private static List<Problem> relationProblems(Dialect dialect, TargetSettings settings)
      throws SQLException {
    List<Problem> problems = new ArrayList<>();
    for (Route route : settings.routes()) {
      try {
        if (dialect.relation(route.relation()) == null && !settings.autoCreate()) {
          problems.add(missing(route));
        }
      } catch (WriteException e) {
        problems.add(new Problem("table.mapping", e.getMessage()));
      }
    }
    return problems;
  }

  private static List<Problem> statementProblems(Dialect dialect, TargetSettings settings) {
    List<Problem> problems = new ArrayList<>();
    settings
        .statements()
        .forEach(
            (table, statements) -> {
              String setting = "statement." + table;
              problems.addAll(compiled(dialect, setting + ".upsert", statements.upsert()));
              problems.addAll(compiled(dialect, setting + ".delete", statements.delete()));
            });
    return problems;
  }

  private static List<Problem> compiled(Dialect dialect, String setting, String sql) {
    if (sql == null) {
      return List.of();
    }
    try {
      dialect.compile(NamedSql.parse(sql).sql(null, null));
      return List.of();
    } catch (SQLException e) {
      return List.of(new Problem(setting, "The target refuses the statement: " + e.getMessage()));
    }
  }

  /**
   * Moves a sink that is not running: its next start reads each partition from the given offset,
   * and applies what it reads there even if it was applied before. A task that runs all the same is
   * fenced.
   *
   * @param offsets the offset of the next record to read, as {@code alterOffsets} is given it; null
   *     forgets the partition's checkpoint
   * @throws WriteException if the target cannot be written
   */
  public static void rewind(TargetSettings settings, Map<TopicPartition, Long> offsets) {
    try (Dialect dialect = connect(settings);
        Checkpoints checkpoints = new Checkpoints(dialect, settings.sink())) {
      checkpoints.create();
      dialect.begin(false);
      for (Map.Entry<TopicPartition, Long> offset : offsets.entrySet()) {
        checkpoints.rewind(offset.getKey(), offset.getValue());
      }
      dialect.commit();
    } catch (SQLException e) {
      throw failure(settings, e);
    }
  }

  private static Dialect connect(TargetSettings settings) {
    Problem problem = checkUrl(settings.url());
    if (problem != null) {
      throw new WriteException(WriteException.Kind.FATAL, problem.message(), null);
    }
    TargetDatabase database = database(settings.url());
    String hindrance = database.hindrance(settings);
    if (hindrance != null) {
      throw new WriteException(
          WriteException.Kind.FATAL, "The target cannot be opened: " + hindrance, null);
    }
    try {
      return database.connect(settings);
    } catch (SQLException e) {
      throw failure(settings, e);
    }
  }

  private static WriteException failure(TargetSettings settings, SQLException cause) {
    return new WriteException(
        database(settings.url()).errors().kind(cause),
        "The target of sink " + settings.sink() + " cannot be used: " + cause.getMessage(),
        cause);
  }

  private static WriteException closed(Dialect dialect, WriteException failure) {
    try {
      dialect.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
    return failure;
  }
}
