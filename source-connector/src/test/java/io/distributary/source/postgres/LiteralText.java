package io.distributary.source.postgres;

import io.distributary.core.relation.DebeziumTypes;
import io.distributary.core.relation.postgres.Hstore;
import io.distributary.core.relation.postgres.TimeLiterals;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;

/** A record's values as literals of PostgreSQL, written in the simplest way. */
final class LiteralText {
  private LiteralText() {}

  @SuppressWarnings("JavaUtilDate") // Connect's own type
  static String of(Schema schema, Object value) {
    String name = schema.name() == null ? "" : schema.name();
    if (value instanceof Date date) {
      return TimeLiterals.dateText(LocalDate.EPOCH.toEpochDay() + date.getTime() / 86_400_000);
    } else if (name.equals(DebeziumTypes.MICRO_TIME)) {
      return TimeLiterals.timeText((Long) value);
    } else if (name.equals(DebeziumTypes.MICRO_TIMESTAMP)) {
      return TimeLiterals.unixTimestampText((Long) value);
    } else if (name.equals(DebeziumTypes.ZONED_TIMESTAMP)) {
      return TimeLiterals.zonedTimestampText((String) value);
    } else if (value instanceof BigDecimal number) {
      return number.toPlainString();
    } else if (value instanceof Struct number) {
      return DebeziumTypes.number(number).toPlainString();
    } else if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    } else if (value instanceof Map<?, ?> map) {
      return Hstore.text(map);
    } else if (value instanceof Collection<?> list) {
      return list.stream()
          .map(each -> each == null ? "NULL" : quoted(of(schema.valueSchema(), each)))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return value.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
