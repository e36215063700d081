package io.distributary.core.claim.chunk;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/**
 * Reads the values of one Connect schema from Avro's binary form: the counterpart of {@link
 * ValueWriter}. Bytes are read as arrays.
 */
@FunctionalInterface
interface ValueReader {

  /** Reads the next value. */
  Object read(BytesDecoder in);

  /** The reader for that schema; for values without a schema, for null. */
  static ValueReader of(Schema schema) {
    if (schema == null) {
      return AnyValue::read;
    }
    return optional(schema, present(schema));
  }

  /** The reader of values that may be null, where the schema says so. */
  static ValueReader optional(Schema schema, ValueReader present) {
    return schema.isOptional() ? in -> in.readPresence() ? present.read(in) : null : present;
  }

  private static ValueReader present(Schema schema) {
    ValueReader logical = schema.name() == null ? null : logical(schema);
    if (logical != null) {
      return logical;
    }
    return switch (schema.type()) {
      case INT8 -> in -> (byte) in.readInt();
      case INT16 -> in -> (short) in.readInt();
      case INT32 -> BytesDecoder::readInt;
      case INT64 -> BytesDecoder::readLong;
      case FLOAT32 -> BytesDecoder::readFloat;
      case FLOAT64 -> BytesDecoder::readDouble;
      case BOOLEAN -> BytesDecoder::readBoolean;
      case STRING -> BytesDecoder::readString;
      case BYTES -> BytesDecoder::readBytes;
      case ARRAY -> array(of(schema.valueSchema()));
      case MAP -> map(schema);
      case STRUCT -> new StructReader(schema);
    };
  }

  private static ValueReader logical(Schema schema) {
    return switch (schema.name()) {
      case Decimal.LOGICAL_NAME -> decimal(schema);
      case Date.LOGICAL_NAME -> in -> Date.toLogical(schema, in.readInt());
      case Time.LOGICAL_NAME -> in -> Time.toLogical(schema, in.readInt());
      case Timestamp.LOGICAL_NAME -> in -> Timestamp.toLogical(schema, in.readLong());
      default -> null;
    };
  }

  /** As Connect's {@link Decimal} does, which looks for the scale each time. */
  private static ValueReader decimal(Schema schema) {
    int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    return in ->
        in.isLong()
            ? BigDecimal.valueOf(in.readBigEndian(), scale)
            : new BigDecimal(in.readBigInteger(), scale);
  }

  private static ValueReader array(ValueReader element) {
    return in -> {
      List<Object> list = new ArrayList<>();
      for (long left = in.readItems(); left > 0; left = in.readItems()) {
        for (; left > 0; left--) {
          list.add(element.read(in));
        }
      }
      return list;
    };
  }

  private static ValueReader map(Schema schema) {
    ValueReader item = of(schema.valueSchema());
    if (!schema.keySchema().equals(Schema.STRING_SCHEMA)) {
      return entries(of(schema.keySchema()), item);
    }
    return in -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (long left = in.readItems(); left > 0; left = in.readItems()) {
        for (; left > 0; left--) {
          map.put(in.readString(), item.read(in));
        }
      }
      return map;
    };
  }

  private static ValueReader entries(ValueReader key, ValueReader item) {
    return in -> {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (long left = in.readItems(); left > 0; left = in.readItems()) {
        for (; left > 0; left--) {
          map.put(key.read(in), item.read(in));
        }
      }
      return map;
    };
  }

  /** Reads structs field by field. */
  final class StructReader implements ValueReader {
    private final Schema schema;
    private final Field[] fields;
    private final ValueReader[] readers;
    private final StructReader[] nested;

    private StructReader(Schema schema) {
      this.schema = schema;
      fields = schema.fields().toArray(Field[]::new);
      readers = new ValueReader[fields.length];
      nested = new StructReader[fields.length];
      for (int i = 0; i < fields.length; i++) {
        Schema field = fields[i].schema();
        if (mayBeEmpty(field)) {
          nested[i] = new StructReader(field);
        } else {
          readers[i] = of(field);
        }
      }
    }

    /** Whether it is an optional struct, as a row's image is, of which nothing is required. */
    private static boolean mayBeEmpty(Schema schema) {
      return schema.type() == Schema.Type.STRUCT
          && schema.isOptional()
          && schema.fields().stream().allMatch(field -> field.schema().isOptional());
    }

    @Override
    public Object read(BytesDecoder in) {
      return fill(new Struct(schema), in);
    }

    private Struct fill(Struct struct, BytesDecoder in) {
      for (int i = 0; i < fields.length; i++) {
        if (nested[i] == null) {
          Object value = readers[i].read(in);
          if (value != null) {
            struct.put(fields[i], value);
          }
        } else if (in.readPresence()) {
          // Put while it is empty: Connect checks a struct with all that is in it.
          Struct empty = new Struct(nested[i].schema);
          struct.put(fields[i], empty);
          nested[i].fill(empty, in);
        }
      }
      return struct;
    }
  }
}
