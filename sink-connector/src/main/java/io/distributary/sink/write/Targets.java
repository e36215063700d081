package io.distributary.sink.write;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The targets there are, by their JDBC URLs. */
@SuppressWarnings("DoNotCallSuggester") // until the first target is there
public final class Targets {
  private Targets() {}

  /**
   * Connects to a target and makes the checkpoints' table where there is none.
   *
   * @throws WriteException if that fails: {@link WriteException.Kind#TRANSIENT} where trying again
   *     may help
   */
  public static Target open(TargetSettings settings) {
    throw new UnsupportedOperationException(settings.toString());
  }

  /**
   * Whether the URL is one that a target is known for; needs no connection.
   *
   * @return null if so, else what is wrong
   */
  public static Problem checkUrl(String url) {
    throw new UnsupportedOperationException(url);
  }

  /**
   * Tries a configuration on the real database: connects, and looks at each relation that the
   * mapping names. Changes nothing there; a database file that does not exist is not created.
   *
   * @return what is wrong; empty if nothing is
   */
  public static List<Problem> check(TargetSettings settings) {
    throw new UnsupportedOperationException(settings.toString());
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
    throw new UnsupportedOperationException(settings + " " + offsets);
  }
}
