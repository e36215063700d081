package io.distributary.sink.write;

import io.distributary.core.relation.Column;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Struct;

/**
 * A type's binary form, as COPY and parameters take it: what the {@code _recv} functions in
 * PostgreSQL's sources read. It spares the server to parse text, and us to write it.
 */
@FunctionalInterface
interface PostgresBinary {
  /** Microseconds and days from 1970 to 2000, where PostgreSQL's time begins. */
  long EPOCH_MICROS = 946_684_800_000_000L;

  long EPOCH_DAYS = 10_957;

  /** Each type with its number in the catalogue, and that of its arrays; the same everywhere. */
  Map<String, int[]> OIDS =
      Map.ofEntries(
          Map.entry("bool", new int[] {16, 1000}),
          Map.entry("bytea", new int[] {17, 1001}),
          Map.entry("int8", new int[] {20, 1016}),
          Map.entry("int2", new int[] {21, 1005}),
          Map.entry("int4", new int[] {23, 1007}),
          Map.entry("text", new int[] {25, 1009}),
          Map.entry("json", new int[] {114, 199}),
          Map.entry("float4", new int[] {700, 1021}),
          Map.entry("float8", new int[] {701, 1022}),
          Map.entry("bpchar", new int[] {1042, 1014}),
          Map.entry("varchar", new int[] {1043, 1015}),
          Map.entry("date", new int[] {1082, 1182}),
          Map.entry("time", new int[] {1083, 1183}),
          Map.entry("timestamp", new int[] {1114, 1115}),
          Map.entry("timestamptz", new int[] {1184, 1185}),
          Map.entry("numeric", new int[] {1700, 1231}),
          Map.entry("uuid", new int[] {2950, 2951}),
          Map.entry("jsonb", new int[] {3802, 3807}));

  /** Writes the value, which is not null, or nothing and false where it has no binary form here. */
  boolean write(PostgresBuffer out, Object value);

  /** The numbers of the array types, separated by commas, as a setting of the driver. */
  static String arrayTypes() {
    return OIDS.values().stream()
        .map(oids -> String.valueOf(oids[1]))
        .collect(Collectors.joining(","));
  }

  /** The form of a record's column in a column of that type; null where there is none. */
  static PostgresBinary of(Column column, PostgresType type) {
    PostgresTimes times = PostgresTimes.of(column.schema());
    if (type.array()) {
      return null;
    }
    return switch (type.base()) {
      case "bool" -> PostgresBinary::bool;
      case "int2" -> (out, value) -> integer(out, value, 2);
      case "int4" -> (out, value) -> integer(out, value, 4);
      case "int8" -> (out, value) -> integer(out, value, 8);
      case "float4" -> PostgresBinary::float4;
      case "float8" -> PostgresBinary::float8;
      case "numeric" -> PostgresBinary::numeric;
      case "text", "varchar", "bpchar", "json", "enum" -> PostgresBinary::text;
      case "jsonb" -> PostgresBinary::jsonb;
      case "bytea" -> column.schema() == null ? null : PostgresBinary::bytea;
      case "uuid" -> PostgresBinary::uuid;
      case "date" -> times.isDate() ? (out, value) -> date(out, value, times) : null;
      case "time" -> times.isTime() ? (out, value) -> micros(out, value, times, 0) : null;
      case "timestamp", "timestamptz" ->
          times.isTimestamp() ? (out, value) -> micros(out, value, times, EPOCH_MICROS) : null;
      default -> null;
    };
  }

  private static boolean bool(PostgresBuffer out, Object value) {
    boolean known = value instanceof Boolean;
    if (!known && (value instanceof Long || value instanceof Integer)) {
      long number = ((Number) value).longValue();
      known = number == 0 || number == 1;
    }
    if (known) {
      out.int4(1);
      out.int1(value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).intValue());
    }
    return known;
  }

  private static boolean integer(PostgresBuffer out, Object value, int size) {
    long number;
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      number = ((Number) value).longValue();
    } else if (value instanceof Boolean flag) {
      number = flag ? 1 : 0;
    } else if (value instanceof Byte small) {
      number = small;
    } else if (value instanceof Double real && real == Math.rint(real) && Math.abs(real) < 1e15) {
      number = real.longValue();
    } else {
      return false;
    }
    int unused = Long.SIZE - size * 8;
    if (number << unused >> unused != number) {
      return false; // As text it is refused, with the words that users know.
    }
    out.int4(size);
    if (size == 8) {
      out.int8(number);
    } else if (size == 4) {
      out.int4((int) number);
    } else {
      out.int2((int) number);
    }
    return true;
  }

  private static boolean float8(PostgresBuffer out, Object value) {
    double number;
    if (value instanceof Double || value instanceof Float || value instanceof BigDecimal) {
      number = ((Number) value).doubleValue();
    } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      number = ((Number) value).doubleValue();
    } else {
      return false;
    }
    out.int4(8);
    out.int8(Double.doubleToLongBits(number));
    return true;
  }

  private static boolean float4(PostgresBuffer out, Object value) {
    float number;
    if (value instanceof Float known) {
      number = known;
    } else if (value instanceof Double wide && Float.isFinite(wide.floatValue())) {
      number = wide.floatValue();
    } else {
      return false;
    }
    out.int4(4);
    out.int4(Float.floatToIntBits(number));
    return true;
  }

  private static boolean numeric(PostgresBuffer out, Object value) {
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      PostgresNumeric.write(out, ((Number) value).longValue());
      return true;
    }
    BigDecimal number;
    if (value instanceof BigDecimal exact) {
      number = exact;
    } else if (value instanceof Double real && Double.isFinite(real)) {
      number = BigDecimal.valueOf(real);
    } else if (value instanceof Struct struct && struct.schema().field("scale") != null) {
      number = PostgresText.decimal(struct);
    } else {
      return false;
    }
    return PostgresNumeric.write(out, number);
  }

  private static boolean text(PostgresBuffer out, Object value) {
    if (!(value instanceof String text)) {
      return false;
    }
    int start = out.beginValue();
    out.text(text);
    out.endValue(start);
    return true;
  }

  private static boolean jsonb(PostgresBuffer out, Object value) {
    if (!(value instanceof String text)) {
      return false;
    }
    int start = out.beginValue();
    out.int1(1);
    out.text(text);
    out.endValue(start);
    return true;
  }

  private static boolean bytea(PostgresBuffer out, Object value) {
    if (value instanceof byte[] bytes) {
      out.int4(bytes.length);
      out.bytes(bytes);
      return true;
    } else if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      out.int4(bytes.length);
      out.bytes(bytes);
      return true;
    }
    return false;
  }

  private static boolean uuid(PostgresBuffer out, Object value) {
    if (!(value instanceof String text) || text.length() != 36) {
      return false;
    }
    long high = 0;
    long low = 0;
    int digits = 0;
    for (int i = 0; i < 36; i++) {
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (text.charAt(i) != '-') {
          return false;
        }
        continue;
      }
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0 || text.charAt(i) >= 0x80) {
        return false;
      }
      if (digits++ < 16) {
        high = high << 4 | digit;
      } else {
        low = low << 4 | digit;
      }
    }
    out.int4(16);
    out.int8(high);
    out.int8(low);
    return true;
  }

  private static boolean date(PostgresBuffer out, Object value, PostgresTimes times) {
    if (!times.means(value)) {
      return false;
    }
    long days = times.days(value) - EPOCH_DAYS;
    if (days <= Integer.MIN_VALUE || days >= Integer.MAX_VALUE) {
      return false; // These two are the infinities.
    }
    out.int4(4);
    out.int4((int) days);
    return true;
  }

  private static boolean micros(PostgresBuffer out, Object value, PostgresTimes times, long from) {
    if (!times.means(value)) {
      return false;
    }
    long micros = times.micros(value);
    if (micros < Long.MIN_VALUE + from + 1) {
      return false;
    }
    out.int4(8);
    out.int8(micros - from);
    return true;
  }
}
