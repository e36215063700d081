package io.distributary.core.claim.chunk;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** Random Connect schemas of every type, nested, and random values of them, out of one seed. */
final class ConnectValues {
  private static final String[] NAMES = {
    "a", "b", "total price", "größe", "1st", "a.b", "a-b", "string", "SELECT", "value", "a_b"
  };
  private static final String[] TEXTS = {"", "x", "\u0000", "grüße", "𝄞", "line\nbreak", "\"'\\"};
  private static final long DAY = 24L * 60 * 60 * 1000;

  private final Random random;

  ConnectValues(long seed) {
    random = new Random(seed);
  }

  Schema schema(int depth) {
    SchemaBuilder builder =
        switch (random.nextInt(depth > 0 ? 16 : 13)) {
          case 0 -> SchemaBuilder.int8();
          case 1 -> SchemaBuilder.int16();
          case 2 -> SchemaBuilder.int32();
          case 3 -> SchemaBuilder.int64();
          case 4 -> SchemaBuilder.float32();
          case 5 -> SchemaBuilder.float64();
          case 6 -> SchemaBuilder.bool();
          case 7 -> SchemaBuilder.string();
          case 8 -> SchemaBuilder.bytes();
          case 9 -> Decimal.builder(random.nextInt(12) - 2);
          case 10 -> Date.builder();
          case 11 -> Time.builder();
          case 12 -> Timestamp.builder();
          case 13 -> SchemaBuilder.array(schema(depth - 1));
          case 14 -> SchemaBuilder.map(key(), schema(depth - 1));
          default -> struct(depth - 1);
        };
    return described(builder).build();
  }

  private Schema key() {
    return random.nextBoolean() ? Schema.STRING_SCHEMA : schema(0);
  }

  private SchemaBuilder struct(int depth) {
    SchemaBuilder builder = SchemaBuilder.struct();
    int fields = random.nextInt(5);
    for (int i = 0; i < fields; i++) {
      String name = NAMES[random.nextInt(NAMES.length)];
      if (builder.field(name) == null) {
        builder.field(name, schema(depth));
      }
    }
    return builder;
  }

  private SchemaBuilder described(SchemaBuilder builder) {
    if (builder.name() == null && random.nextInt(3) == 0) {
      builder.name(
          List.of("com.acme.Thing", "odd name", "int", "topic-1.Row").get(random.nextInt(4)));
    }
    if (random.nextBoolean()) {
      builder.optional();
    }
    if (builder.version() == null && random.nextInt(4) == 0) {
      builder.version(random.nextInt());
    }
    if (random.nextInt(4) == 0) {
      builder.doc(text());
    }
    if (random.nextInt(4) == 0) {
      builder.parameter("p" + random.nextInt(3), text());
    }
    // Connect compares defaults by equals, which arrays of bytes inside a list do not know.
    if (random.nextInt(3) == 0 && builder.type().isPrimitive()) {
      builder.defaultValue(present(builder.build()));
    }
    return builder;
  }

  Object value(Schema schema) {
    return schema.isOptional() && random.nextInt(3) == 0 ? null : present(schema);
  }

  @SuppressWarnings("JavaUtilDate") // it is what Connect's logical types are
  private Object present(Schema schema) {
    if (schema.name() != null) {
      switch (schema.name()) {
        case Decimal.LOGICAL_NAME -> {
          int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
          return new BigDecimal(new BigInteger(random.nextInt(200), random), scale);
        }
        case Date.LOGICAL_NAME -> {
          return new java.util.Date(DAY * (random.nextInt(100_000) - 50_000));
        }
        case Time.LOGICAL_NAME -> {
          return new java.util.Date(random.nextInt((int) DAY));
        }
        case Timestamp.LOGICAL_NAME -> {
          return new java.util.Date(random.nextLong());
        }
        default -> {}
      }
    }
    return switch (schema.type()) {
      case INT8 -> (byte) random.nextInt();
      case INT16 -> (short) random.nextInt();
      case INT32 -> random.nextInt();
      case INT64 -> random.nextBoolean() ? random.nextLong() : Long.MIN_VALUE;
      case FLOAT32 -> random.nextBoolean() ? random.nextFloat() : Float.NaN;
      case FLOAT64 -> random.nextBoolean() ? random.nextGaussian() : Double.NEGATIVE_INFINITY;
      case BOOLEAN -> random.nextBoolean();
      case STRING -> text();
      case BYTES -> bytes();
      case ARRAY -> list(schema);
      case MAP -> map(schema);
      case STRUCT -> filled(schema);
    };
  }

  private String text() {
    return TEXTS[random.nextInt(TEXTS.length)] + random.nextInt(100);
  }

  private byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return bytes;
  }

  private List<Object> list(Schema schema) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(value(schema.valueSchema()));
    }
    return list;
  }

  private Map<Object, Object> map(Schema schema) {
    Map<Object, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      map.put(value(schema.keySchema()), value(schema.valueSchema()));
    }
    return map;
  }

  private Struct filled(Schema schema) {
    Struct struct = new Struct(schema);
    for (Field field : schema.fields()) {
      struct.put(field, value(field.schema()));
    }
    return struct;
  }

  /** The value in a form whose equality is by content, arrays of bytes included. */
  static Object plain(Object value) {
    if (value instanceof byte[] bytes) {
      return ByteBuffer.wrap(bytes);
    } else if (value instanceof List<?> list) {
      return list.stream().map(ConnectValues::plain).collect(Collectors.toList());
    } else if (value instanceof Map<?, ?> map) {
      Map<Object, Object> plain = new HashMap<>();
      map.forEach((key, item) -> plain.put(plain(key), plain(item)));
      return plain;
    } else if (value instanceof Struct struct) {
      List<Object> plain = new ArrayList<>(List.of(struct.schema()));
      struct.schema().fields().forEach(f -> plain.add(plain(struct.getWithoutDefault(f.name()))));
      return plain;
    }
    return value;
  }
}
