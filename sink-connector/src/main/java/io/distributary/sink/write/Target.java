package io.distributary.sink.write;

import io.distributary.core.record.Part;
import io.distributary.sink.unit.Checkpoint;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The database that a task writes to, through one connection and one open transaction at a time.
 * Every failure is a {@link WriteException}, classified once.
 *
 * <p>Not safe for use by several threads.
 */
public interface Target extends AutoCloseable {

  /**
   * Makes this task the owner of the partitions' checkpoints and reads them. A task that owned them
   * before is fenced: its next commit fails.
   *
   * @return the checkpoint of each partition that has one
   */
  Map<TopicPartition, Checkpoint> claim(Collection<TopicPartition> partitions);

  /**
   * Applies a part inside the open transaction, which the first part opens. Part 0 of a snapshot
   * begins to load it; its last part puts it in the relation's place.
   *
   * <p>A change that conflicts with another row on a unique index waits for the rest of its unit,
   * as rows may exchange values between parts. So parts of a unit come in order, and its end is
   * told.
   *
   * <p>After a failure the transaction is as it was before the call; where the database itself
   * ended it, all fails with {@link WriteException.Kind#TRANSIENT} until {@link #rollback}.
   *
   * @throws WriteException with {@link WriteException.Kind#DATA} where changes of this part are to
   *     blame, which {@link #applyEach} then tells
   * @throws IllegalStateException if another snapshot is being loaded whose end has not come
   */
  void apply(Part part);

  /**
   * Applies each change of a part alone inside the open transaction and passes over those that
   * fail.
   *
   * @return the changes that failed on their own account, with the reason, each the very instance
   *     of the part; empty if none did
   * @throws WriteException for a failure that is not the change's: the transaction is as it was
   */
  List<Failure> applyEach(Part part);

  /**
   * Takes the snapshot that is being loaded for changes only: its rows are applied, and no row is
   * removed for not being in it. For a snapshot whose end is gone.
   */
  void mergeUnfinishedSnapshot();

  /**
   * Writes the checkpoints and commits. Also without an open transaction, to move a checkpoint past
   * records that changed nothing.
   *
   * @throws WriteException with {@link WriteException.Kind#FENCED} when another task has claimed
   *     one of the partitions since: all is rolled back. With {@link WriteException.Kind#TRANSIENT}
   *     for example when a reader is in the way: then the same may be tried again, or all rolled
   *     back and applied again
   * @throws IllegalStateException if a unit has not ended
   */
  void commit(Map<TopicPartition, Checkpoint> checkpoints);

  /** Undoes the open transaction, a snapshot being loaded included. Without one, does nothing. */
  void rollback();

  /**
   * Whether what has been applied is to be committed before anything else is, as readers see it
   * only some moments after its commit, and nothing later must be seen before.
   */
  default boolean settles() {
    return false;
  }

  /**
   * Whether the connection is gone for good. Then only {@link #close} is of use: another target is
   * to be opened, and the partitions claimed there anew, as a commit may have come through whose
   * answer did not.
   */
  default boolean lost() {
    return false;
  }

  /** Rolls back and closes the connection. */
  @Override
  void close();
}
