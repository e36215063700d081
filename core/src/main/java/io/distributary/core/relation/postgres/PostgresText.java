package io.distributary.core.relation.postgres;

import io.distributary.core.relation.DebeziumTypes;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;

/**
 * Writes a record's value as text that PostgreSQL reads as a literal of the column's type: the
 * reverse of {@link ValueReader}, and more than that, for records that others wrote.
 */
@FunctionalInterface
public interface PostgresText {
  /**
   * The text; never called with null.
   *
   * @return null for a value that has no such text, such as a struct
   */
  String text(Object value);

  /** The texts of a column of that schema; null where a record came without schemas. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  static PostgresText of(Schema schema) {
    String name = schema == null || schema.name() == null ? "" : schema.name();
    return switch (name) {
      case Date.LOGICAL_NAME ->
          dates(date -> PostgresTimes.dateText(Math.floorDiv(date.getTime(), ValueReader.DAY)));
      case Time.LOGICAL_NAME -> dates(date -> PostgresTimes.timeText(date.getTime() * 1000));
      case DebeziumTypes.DATE -> numbers(PostgresTimes::dateText);
      case DebeziumTypes.TIME -> numbers(millis -> PostgresTimes.timeText(millis * 1000));
      case DebeziumTypes.MICRO_TIME -> numbers(PostgresTimes::timeText);
      case DebeziumTypes.NANO_TIME -> numbers(nanos -> PostgresTimes.timeText(nanos / 1000));
      case DebeziumTypes.TIMESTAMP ->
          numbers(millis -> PostgresTimes.timestampText(Math.multiplyExact(millis, 1000L)));
      case DebeziumTypes.MICRO_TIMESTAMP -> numbers(PostgresTimes::timestampText);
      case DebeziumTypes.NANO_TIMESTAMP ->
          numbers(nanos -> PostgresTimes.timestampText(Math.floorDiv(nanos, 1000L)));
      case DebeziumTypes.ZONED_TIMESTAMP ->
          value -> PostgresTimes.zonedTimestampText(value.toString());
      case DebeziumTypes.MICRO_DURATION ->
          numbers(micros -> PostgresIntervals.iso(0, 0, 0, 0, 0, BigDecimal.valueOf(micros, 6)));
      case DebeziumTypes.BITS -> bits(schema);
      default ->
          schema != null && schema.type() == Schema.Type.ARRAY
              ? array(schema)
              : PostgresText::plain;
    };
  }

  /** A value whose Java type says all. */
  @SuppressWarnings("JavaUtilDate") // Connect's own type
  private static String plain(Object value) {
    if (value instanceof BigDecimal number) {
      return number.toPlainString();
    } else if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return plain(bytes);
    } else if (value instanceof java.util.Date date) {
      return PostgresTimes.timestampText(Math.multiplyExact(date.getTime(), 1000L));
    } else if (value instanceof Map<?, ?> map) {
      return Hstore.text(map);
    } else if (value instanceof Collection<?> list) {
      return literal(list, PostgresText::plain);
    } else if (value instanceof Struct struct) {
      return DebeziumTypes.isVariableScale(struct.schema())
          ? DebeziumTypes.number(struct).toPlainString()
          : null;
    }
    return value.toString();
  }

  private static PostgresText dates(java.util.function.Function<java.util.Date, String> text) {
    return value -> value instanceof java.util.Date date ? text.apply(date) : plain(value);
  }

  /** A string in the place of a number is an irregular value, and text already. */
  private static PostgresText numbers(java.util.function.LongFunction<String> text) {
    return value -> value instanceof Number number ? text.apply(number.longValue()) : plain(value);
  }

  private static PostgresText array(Schema schema) {
    PostgresText element = of(schema.valueSchema());
    return value -> value instanceof Collection<?> list ? literal(list, element) : plain(value);
  }

  private static String literal(Collection<?> list, PostgresText element) {
    List<String> texts = new ArrayList<>(list.size());
    for (Object each : list) {
      texts.add(each == null ? null : element.text(each));
    }
    return PostgresArrays.literal(texts, ',');
  }

  /** Debezium's bits: the least significant byte first. */
  private static PostgresText bits(Schema schema) {
    String length = schema.parameters() == null ? null : schema.parameters().get("length");
    return value -> {
      if (!(value instanceof byte[] bytes)) {
        return plain(value);
      }
      int count =
          length == null ? bytes.length * 8 : Math.min(Integer.parseInt(length), bytes.length * 8);
      StringBuilder text = new StringBuilder(count);
      for (int bit = count - 1; bit >= 0; bit--) {
        text.append((bytes[bit / 8] >> (bit % 8)) & 1);
      }
      return text.toString();
    };
  }
}
