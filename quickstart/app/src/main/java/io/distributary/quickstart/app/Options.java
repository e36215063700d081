package io.distributary.quickstart.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * What the quickstart was asked for.
 *
 * @param source the user's own canonical database; empty for the sample
 * @param data the directory that holds all the rest
 * @param replicas how many replicas to keep
 * @param events {@code row} or {@code transaction}
 * @param claimCheck where large units go: {@code file} or {@code cassandra}
 * @param once whether to end as soon as every replica equals the source
 * @param help whether only the usage is asked for
 */
record Options(
    Optional<Path> source,
    Path data,
    int replicas,
    String events,
    int brokerPort,
    int connectPort,
    String claimCheck,
    int cassandraPort,
    boolean once,
    boolean help) {

  static final String USAGE =
      """
      Replicates a SQLite database, live, into others: through a real Kafka broker and a real Kafka
      Connect worker, which run until Ctrl-C.

      Usage: quickstart/run [OPTION]...
        --source FILE          a database of your own, used in place; Distributary adds its log and
                               triggers to it (default: a sample that is made in the data directory)
        --replicas N           how many replicas to keep (default 2)
        --data DIR             holds everything: Kafka's data, logs, DIR/replica-1.db, ...
                               (default quickstart/data); a second start goes on from there
        --events row|transaction
                               a Kafka record per change, or per table and transaction (the default)
        --claim-check file|cassandra
                               where transactions go that are too large for Kafka: DIR/claims (the
                               default), or a Cassandra that is started for it; not with row events
        --once                 ends as soon as every replica equals the source
        --broker-port PORT     (default 9092; the next port is taken too)
        --connect-port PORT    (default 8083)
        --cassandra-port PORT  (default 9042; the next two ports are taken too)
        --help
      """;

  /**
   * Reads the command line.
   *
   * @param defaultData where the data go if no option says so
   * @throws IllegalArgumentException that names the wrong option
   */
  static Options parse(Path defaultData, String... args) {
    Optional<Path> source = Optional.empty();
    Path data = defaultData;
    int replicas = 2;
    String events = "transaction";
    int brokerPort = 9092;
    int connectPort = 8083;
    String claimCheck = "file";
    int cassandraPort = 9042;
    boolean once = false;
    boolean help = false;
    Deque<String> words = new ArrayDeque<>(Arrays.asList(args));
    while (!words.isEmpty()) {
      String option = words.pop();
      switch (option) {
        case "--source" -> source = Optional.of(database(value(option, words)));
        case "--data" -> data = Path.of(value(option, words)).toAbsolutePath().normalize();
        case "--replicas" -> replicas = number(option, value(option, words), 1, 100);
        case "--events" -> events = oneOf(option, value(option, words), "row", "transaction");
        case "--claim-check" ->
            claimCheck = oneOf(option, value(option, words), "file", "cassandra");
        case "--cassandra-port" -> cassandraPort = number(option, value(option, words), 1, 65_533);
        case "--broker-port" -> brokerPort = number(option, value(option, words), 1, 65_534);
        case "--connect-port" -> connectPort = number(option, value(option, words), 1, 65_535);
        case "--once" -> once = true;
        case "--help", "-h" -> help = true;
        default -> throw new IllegalArgumentException("Unknown option '" + option + "'");
      }
    }
    return new Options(
        source,
        data,
        replicas,
        events,
        brokerPort,
        connectPort,
        claimCheck,
        cassandraPort,
        once,
        help);
  }

  private static String value(String option, Deque<String> words) {
    if (words.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return words.pop();
  }

  private static Path database(String file) {
    Path path = Path.of(file).toAbsolutePath().normalize();
    if (!Files.isRegularFile(path)) {
      throw new IllegalArgumentException("--source " + file + ": there is no such file");
    }
    return path;
  }

  private static String oneOf(String option, String value, String first, String second) {
    if (!value.equals(first) && !value.equals(second)) {
      throw new IllegalArgumentException(
          option + " " + value + ": it is " + first + " or " + second);
    }
    return value;
  }

  private static int number(String option, String text, int least, int most) {
    String allowed = option + " " + text + ": a number from " + least + " to " + most;
    try {
      int number = Integer.parseInt(text);
      if (number < least || number > most) {
        throw new IllegalArgumentException(allowed);
      }
      return number;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(allowed, e);
    }
  }
}
