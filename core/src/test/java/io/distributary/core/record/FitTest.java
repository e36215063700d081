package io.distributary.core.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate") // Connect's own type
class FitTest {
  private static final long DAY = 86_400_000L;

  @Test
  void integersFitAnIntegerColumnWhateverTheirWidth() {
    assertFits(Schema.OPTIONAL_INT64_SCHEMA, Long.MIN_VALUE, Long.MIN_VALUE);
    assertFits(Schema.OPTIONAL_INT64_SCHEMA, Long.MAX_VALUE, Long.MAX_VALUE);
    assertFits(Schema.OPTIONAL_INT64_SCHEMA, 7, 7L);
  }

  @Test
  void anIntegerColumnTakesNothingElse() {
    assertMisfits(Schema.OPTIONAL_INT64_SCHEMA, 1.0, "1", new byte[] {1}, true);
  }

  @Test
  void integersFitAFloatingPointColumnOnlyIfTheyStayExact() {
    assertFits(Schema.OPTIONAL_FLOAT64_SCHEMA, 1L << 53, (double) (1L << 53));
    assertFits(Schema.OPTIONAL_FLOAT64_SCHEMA, 7, 7.0);
    assertMisfits(Schema.OPTIONAL_FLOAT64_SCHEMA, (1L << 53) + 1, Long.MAX_VALUE, Long.MIN_VALUE);
    assertFits(Schema.OPTIONAL_FLOAT64_SCHEMA, -(1L << 53), (double) -(1L << 53));
  }

  @Test
  void infinitiesFitNoColumnForJsonHasNoSuchNumber() {
    assertMisfits(
        Schema.OPTIONAL_FLOAT64_SCHEMA,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN);
    assertMisfits(Schema.OPTIONAL_FLOAT32_SCHEMA, Float.POSITIVE_INFINITY, Float.NaN);
    assertMisfits(Decimal.builder(2).optional().build(), Double.POSITIVE_INFINITY, Double.NaN);
  }

  @Test
  void negativeZeroFitsNoColumnForJsonConvertersDropItsSign() {
    assertFits(Schema.OPTIONAL_FLOAT64_SCHEMA, 0.0, 0.0);
    assertMisfits(Schema.OPTIONAL_FLOAT64_SCHEMA, -0.0);
    assertMisfits(Schema.OPTIONAL_FLOAT32_SCHEMA, -0.0f);
    assertMisfits(Decimal.builder(2).optional().build(), -0.0);
  }

  @Test
  void onlyZeroAndOneAreBooleans() {
    assertFits(Schema.OPTIONAL_BOOLEAN_SCHEMA, 0L, false);
    assertFits(Schema.OPTIONAL_BOOLEAN_SCHEMA, 1, true);
    assertFits(Schema.OPTIONAL_BOOLEAN_SCHEMA, true, true);
    assertMisfits(Schema.OPTIONAL_BOOLEAN_SCHEMA, 2L, -1L, "true", 1.0);
  }

  @Test
  void numbersFitADecimalColumnIfItsScaleHoldsThem() {
    Schema cents = Decimal.builder(2).optional().build();
    assertFits(cents, 1.5, new BigDecimal("1.50"));
    assertFits(cents, 3L, new BigDecimal("3.00"));
    assertFits(cents, Long.MAX_VALUE, new BigDecimal("9223372036854775807.00"));
    assertFits(cents, new BigDecimal("1.5000"), new BigDecimal("1.50"));
    assertMisfits(cents, 1.005, "1.50", 1e300, (double) (1L << 53) * 4);
  }

  @Property
  void aDoubleThatFitsADecimalColumnComesBackTheSame(@ForAll double value) {
    Object fitting = Fit.of(Decimal.builder(6).optional().build()).fit(value);
    if (fitting != Fit.MISFIT) {
      assertThat(((BigDecimal) fitting).doubleValue()).isEqualTo(value);
    }
  }

  @Test
  void textAndBlobsAreNeverTakenForEachOther() {
    assertFits(Schema.OPTIONAL_STRING_SCHEMA, "", "");
    assertMisfits(Schema.OPTIONAL_STRING_SCHEMA, 1L, new byte[0], new RawText(new byte[] {-1}));
    byte[] blob = {0, 1};
    assertFits(Schema.OPTIONAL_BYTES_SCHEMA, blob, blob);
    ByteBuffer buffer = ByteBuffer.wrap(blob);
    assertFits(Schema.OPTIONAL_BYTES_SCHEMA, buffer, buffer);
    assertMisfits(Schema.OPTIONAL_BYTES_SCHEMA, "", 1L);
  }

  @Test
  void narrowTypesTakeTheirOwnJavaType() {
    assertFits(Schema.OPTIONAL_INT8_SCHEMA, (byte) 1, (byte) 1);
    assertFits(Schema.OPTIONAL_INT16_SCHEMA, (short) 1, (short) 1);
    assertFits(Schema.OPTIONAL_INT32_SCHEMA, 1, 1);
    assertFits(Schema.OPTIONAL_FLOAT32_SCHEMA, 1.5f, 1.5f);
    assertMisfits(Schema.OPTIONAL_INT32_SCHEMA, 1L, "1");
    assertMisfits(Schema.OPTIONAL_FLOAT32_SCHEMA, 1.5);
  }

  @Test
  void datesHaveNoTimeOfDayAndTimesHaveNoDate() {
    Schema date = Date.builder().optional().build();
    Schema time = Time.builder().optional().build();
    Schema timestamp = Timestamp.builder().optional().build();
    java.util.Date day = new java.util.Date(-3 * DAY);
    java.util.Date noon = new java.util.Date(DAY / 2);
    java.util.Date moment = new java.util.Date(3 * DAY + 1);
    assertFits(date, day, day);
    assertFits(time, noon, noon);
    assertFits(timestamp, moment, moment);
    assertMisfits(date, moment, "2026-01-01", 1L);
    assertMisfits(time, moment, day, "12:00");
    assertMisfits(timestamp, "2026-01-01 00:00:00", 1L);
  }

  @Test
  void aNameOfAnotherMeaningLeavesTheTypeAsItIs() {
    Schema micros =
        SchemaBuilder.int64().name("io.debezium.time.MicroTimestamp").optional().build();
    assertFits(micros, 5L, 5L);
    assertMisfits(micros, "2026-01-01");
  }

  @Test
  void nestedTypesTakeTheirOwnJavaType() {
    Schema struct = SchemaBuilder.struct().field("a", Schema.STRING_SCHEMA).optional().build();
    Struct value = new Struct(struct).put("a", "b");
    assertFits(struct, value, value);
    assertFits(SchemaBuilder.array(Schema.STRING_SCHEMA).build(), List.of("a"), List.of("a"));
    assertFits(
        SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.STRING_SCHEMA).build(),
        Map.of("a", "b"),
        Map.of("a", "b"));
    assertMisfits(struct, "a");
  }

  @Test
  void whatWasNotTouchedFitsNoColumn() {
    for (Schema schema :
        List.of(
            Schema.OPTIONAL_INT64_SCHEMA,
            Schema.OPTIONAL_STRING_SCHEMA,
            Schema.OPTIONAL_BYTES_SCHEMA,
            Decimal.builder(2).build(),
            Timestamp.SCHEMA,
            SchemaBuilder.array(Schema.STRING_SCHEMA).build())) {
      assertMisfits(schema, Change.UNTOUCHED);
    }
  }

  private static void assertFits(Schema schema, Object value, Object expected) {
    assertThat(Fit.of(schema).fit(value)).isEqualTo(expected);
  }

  private static void assertMisfits(Schema schema, Object... values) {
    for (Object value : values) {
      assertThat(Fit.of(schema).fit(value)).as("%s", value).isSameAs(Fit.MISFIT);
    }
  }
}
