package io.distributary.source.postgres.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The order of views: later ones have higher LSNs unless they see the very same. */
class HorizonTest {

  @Test
  void itsTextIsPostgresOwn() {
    Horizon horizon = Horizon.parse("10:14:10,12");
    assertThat(horizon).isEqualTo(new Horizon(10, 14, List.of(10L, 12L)));
    assertThat(horizon).hasToString("10:14:10,12");
    assertThat(Horizon.parse("7:7:")).hasToString("7:7:");
    assertThatThrownBy(() -> Horizon.parse("7")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatItDidNotSeeIsWhatRanAndWhatCameLater() {
    assertThat(Horizon.parse("10:14:10,12").unseen("xid"))
        .isEqualTo("(xid >= '14'::xid8 OR xid = ANY ('{10,12}'::xid8[]))");
  }

  @Test
  void aTransactionThatEndsLateMakesTheLsnHigher() {
    assertThat(Horizon.parse("10:14:").lsn()).isGreaterThan(Horizon.parse("10:14:10").lsn());
  }

  /** A server in which transactions begin and end at random; a view is taken after each step. */
  @Property(tries = 300, seed = "20261121")
  void everyEndMakesTheLsnHigherAndNothingElseDoes(@ForAll Random random) {
    TreeSet<Long> open = new TreeSet<>();
    long next = 100;
    long completed = 99;
    Horizon before = horizon(open, completed);
    for (int i = 0; i < 60; i++) {
      boolean ends = !open.isEmpty() && random.nextBoolean();
      if (ends) {
        long ended = new ArrayList<>(open).get(random.nextInt(open.size()));
        open.remove(ended);
        completed = Math.max(completed, ended);
      } else {
        open.add(next++);
      }
      Horizon now = horizon(open, completed);
      if (ends) {
        assertThat(now.lsn()).isGreaterThan(before.lsn());
      } else {
        assertThat(now).isEqualTo(before);
      }
      before = now;
    }
  }

  /** As {@code GetSnapshotData} makes it: xmax is one more than the highest that has ended. */
  private static Horizon horizon(SortedSet<Long> open, long completed) {
    List<Long> running = List.copyOf(open.headSet(completed + 1));
    return new Horizon(running.isEmpty() ? completed + 1 : running.get(0), completed + 1, running);
  }
}
