package io.distributary.sink;

import io.distributary.core.record.Part;
import io.distributary.sink.unit.Checkpoint;
import io.distributary.sink.write.Failure;
import io.distributary.sink.write.Target;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;

/** A target that is opened when it is first used, so that one that is away is waited for. */
final class LazyTarget implements Target {
  private final Supplier<Target> opener;
  private Target target;

  LazyTarget(Supplier<Target> opener) {
    this.opener = opener;
  }

  private Target opened() {
    if (target == null) {
      target = opener.get();
    }
    return target;
  }

  @Override
  public Map<TopicPartition, Checkpoint> claim(Collection<TopicPartition> partitions) {
    return opened().claim(partitions);
  }

  @Override
  public void apply(Part part) {
    opened().apply(part);
  }

  @Override
  public List<Failure> applyEach(Part part) {
    return opened().applyEach(part);
  }

  @Override
  public void mergeUnfinishedSnapshot() {
    opened().mergeUnfinishedSnapshot();
  }

  @Override
  public void commit(Map<TopicPartition, Checkpoint> checkpoints) {
    opened().commit(checkpoints);
  }

  @Override
  public boolean settles() {
    return target != null && target.settles();
  }

  @Override
  public boolean lost() {
    return target != null && target.lost();
  }

  @Override
  public void rollback() {
    if (target != null) {
      target.rollback();
    }
  }

  @Override
  public void close() {
    Target opened = target;
    target = null;
    if (opened != null) {
      opened.close();
    }
  }
}
