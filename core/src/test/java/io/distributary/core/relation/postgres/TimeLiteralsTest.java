package io.distributary.core.relation.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class TimeLiteralsTest {
  /** From 4713 BC to 294276 AD, in microseconds since 2000. */
  private static final long FIRST = -211_813_488_000_000_000L;

  private static final long LAST = 9_223_371_331_199_999_999L;

  @Property
  void aTimestampReadsAsItIsWritten(@ForAll @LongRange(min = FIRST, max = LAST) long micros) {
    assertThat(TimeLiterals.micros(TimeLiterals.timestampText(micros))).isEqualTo(micros);
    assertThat(TimeLiterals.micros(TimeLiterals.zonedTimestampText(micros))).isEqualTo(micros);
    String iso = TimeLiterals.isoInstant(micros);
    if (iso.startsWith("-") || iso.startsWith("+")) {
      assertThat(TimeLiterals.micros(TimeLiterals.zonedTimestampText(iso))).isEqualTo(micros);
    }
  }

  @Property
  void aDateReadsAsItIsWritten(@ForAll @IntRange(min = -2_440_588, max = 2_145_031_948) int days) {
    assertThat(TimeLiterals.days(TimeLiterals.dateText(days))).isEqualTo(days);
  }

  @Property
  void aTimeReadsAsItIsWritten(@ForAll @LongRange(min = 0, max = 86_400_000_000L) long micros) {
    assertThat(TimeLiterals.timeMicros(TimeLiterals.timeText(micros))).isEqualTo(micros);
  }

  @Test
  void infinitiesAreTheGreatestAndTheLeast() {
    assertThat(TimeLiterals.micros("infinity")).isEqualTo(Long.MAX_VALUE);
    assertThat(TimeLiterals.timestampText(Long.MIN_VALUE)).isEqualTo("-infinity");
    assertThat(TimeLiterals.days("-infinity")).isEqualTo(Integer.MIN_VALUE);
    assertThat(TimeLiterals.dateText(Integer.MAX_VALUE)).isEqualTo("infinity");
    assertThat(TimeLiterals.isoInstant(Long.MAX_VALUE)).isEqualTo("infinity");
  }

  @Test
  void offsetsMayHaveMinutesAndSeconds() {
    long noon = TimeLiterals.micros("1900-01-01 12:00:00");
    assertThat(TimeLiterals.micros("1900-01-01 12:19:32+00:19:32")).isEqualTo(noon);
    assertThat(TimeLiterals.micros("1900-01-01 06:30:00-05:30")).isEqualTo(noon);
    assertThat(TimeLiterals.micros("0044-03-15 14:00:00+02 BC"))
        .isEqualTo(TimeLiterals.micros("0044-03-15 12:00:00 BC"));
  }

  @Test
  void aTextOfAnotherFormIsRefusedWithoutTellingIt() {
    assertThatThrownBy(() -> TimeLiterals.days("15.03.2024"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("15.03");
  }
}
