package io.distributary.core.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PositionTest {

  @Test
  void positionsOfOneEpochCompareByTheirLsn() {
    assertThat(new Position("e", 1).isBefore(new Position("e", 2))).isTrue();
    assertThat(new Position("e", 2).isBefore(new Position("e", 2))).isFalse();
    assertThat(new Position("e", 3).isBefore(new Position("e", 2))).isFalse();
  }

  @Test
  void positionsOfDifferentEpochsDoNotCompare() {
    assertThat(new Position("e", 1).isBefore(new Position("f", 2))).isFalse();
    assertThat(new Position("f", 2).isBefore(new Position("e", 1))).isFalse();
  }

  @Test
  void aNegativeLsnIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Position("e", -1))
        .withMessageContaining("-1");
  }
}
