package io.distributary.core.claim.chunk;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.DataException;

/**
 * Writes the values of one Connect schema in Avro's binary form. Made once per schema, so that
 * nothing is looked up per value.
 */
@FunctionalInterface
interface ValueWriter {

  /**
   * Writes a value.
   *
   * @throws DataException when it does not fit the schema
   */
  void write(Object value, BytesEncoder out);

  /** The writer for that schema; for values without a schema, for null. */
  static ValueWriter of(Schema schema) {
    if (schema == null) {
      return AnyValue::write;
    }
    ValueWriter present = present(schema);
    if (schema.isOptional()) {
      return (value, out) -> {
        out.writePresence(value != null);
        if (value != null) {
          present.write(value, out);
        }
      };
    }
    return (value, out) -> {
      if (value == null) {
        throw new DataException("a value is required and there is none");
      }
      present.write(value, out);
    };
  }

  private static ValueWriter present(Schema schema) {
    ValueWriter logical = schema.name() == null ? null : logical(schema);
    if (logical != null) {
      return logical;
    }
    return switch (schema.type()) {
      case INT8, INT16, INT32 -> (value, out) -> out.writeLong(((Number) value).intValue());
      case INT64 -> (value, out) -> out.writeLong((Long) value);
      case FLOAT32 -> (value, out) -> out.writeFloat((Float) value);
      case FLOAT64 -> (value, out) -> out.writeDouble((Double) value);
      case BOOLEAN -> (value, out) -> out.writeBoolean((Boolean) value);
      case STRING -> (value, out) -> out.writeString((String) value);
      case BYTES -> ValueWriter::writeBytes;
      case ARRAY -> array(of(schema.valueSchema()));
      case MAP -> map(schema);
      case STRUCT -> new StructWriter(schema);
    };
  }

  /** The writer of one of Connect's own logical types, else null. */
  private static ValueWriter logical(Schema schema) {
    return switch (schema.name()) {
      case Decimal.LOGICAL_NAME -> decimal(schema);
      case Date.LOGICAL_NAME ->
          (value, out) -> out.writeLong(Date.fromLogical(schema, (java.util.Date) value));
      case Time.LOGICAL_NAME ->
          (value, out) -> out.writeLong(Time.fromLogical(schema, (java.util.Date) value));
      case Timestamp.LOGICAL_NAME ->
          (value, out) -> out.writeLong(Timestamp.fromLogical(schema, (java.util.Date) value));
      default -> null;
    };
  }

  /** As Connect's {@link Decimal} does, which looks for the scale each time. */
  private static ValueWriter decimal(Schema schema) {
    int scale = Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD));
    return (value, out) -> {
      BigDecimal number = (BigDecimal) value;
      if (number.scale() != scale) {
        throw new DataException(
            "a decimal has scale " + number.scale() + ", and its schema scale " + scale);
      }
      BigInteger unscaled = number.unscaledValue();
      if (unscaled.bitLength() < Long.SIZE) {
        out.writeBigEndian(unscaled.longValue());
      } else {
        out.writeBytes(unscaled.toByteArray());
      }
    };
  }

  /** Writes an array of bytes or what remains of a buffer, which it leaves as it was. */
  static void writeBytes(Object value, BytesEncoder out) {
    if (value instanceof byte[] bytes) {
      out.writeBytes(bytes);
    } else {
      out.writeBytes((ByteBuffer) value);
    }
  }

  private static ValueWriter array(ValueWriter element) {
    return (value, out) -> {
      List<?> list = (List<?>) value;
      out.beginItems(list.size());
      for (Object item : list) {
        element.write(item, out);
      }
      out.endItems();
    };
  }

  private static ValueWriter map(Schema schema) {
    ValueWriter item = of(schema.valueSchema());
    if (!schema.keySchema().schema().equals(Schema.STRING_SCHEMA)) {
      return entries(of(schema.keySchema()), item);
    }
    return (value, out) -> {
      Map<?, ?> map = (Map<?, ?>) value;
      out.beginItems(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeString((String) entry.getKey());
        item.write(entry.getValue(), out);
      }
      out.endItems();
    };
  }

  private static ValueWriter entries(ValueWriter key, ValueWriter item) {
    return (value, out) -> {
      Map<?, ?> map = (Map<?, ?>) value;
      out.beginItems(map.size());
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        key.write(entry.getKey(), out);
        item.write(entry.getValue(), out);
      }
      out.endItems();
    };
  }

  /** Writes structs field by field, and names the field that does not fit. */
  final class StructWriter implements ValueWriter {
    private final Field[] fields;
    private final boolean[] defaulted;
    private final ValueWriter[] writers;

    private StructWriter(Schema schema) {
      fields = schema.fields().toArray(Field[]::new);
      writers = new ValueWriter[fields.length];
      defaulted = new boolean[fields.length];
      for (int i = 0; i < fields.length; i++) {
        writers[i] = of(fields[i].schema());
        defaulted[i] = fields[i].schema().defaultValue() != null;
      }
    }

    @Override
    public void write(Object value, BytesEncoder out) {
      Struct struct = (Struct) value;
      int i = 0;
      try {
        for (; i < fields.length; i++) {
          // Struct.get reads a null as the default, which would make it one.
          Object field =
              defaulted[i] ? struct.getWithoutDefault(fields[i].name()) : struct.get(fields[i]);
          writers[i].write(field, out);
        }
      } catch (DataException | ClassCastException e) {
        throw new DataException(
            "Field '" + fields[i].name() + "' of " + struct.schema().name() + ": " + e.getMessage(),
            e);
      }
    }
  }
}
