package io.distributary.source.postgres;

import io.debezium.connector.postgresql.UnchangedToastedReplicationMessageColumn;
import io.debezium.data.SpecialValueDecimal;
import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import io.distributary.core.relation.postgres.Hstore;
import io.distributary.core.relation.postgres.PostgresIntervals;
import io.distributary.core.relation.postgres.TimeLiterals;
import io.distributary.source.capture.CaptureException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.postgresql.PGStatement;
import org.postgresql.jdbc.PgArray;
import org.postgresql.util.PGInterval;
import org.postgresql.util.PGobject;

/**
 * Carries values out of Debezium as they are, for {@link RowShapes} to read: scalars as themselves,
 * all else as PostgreSQL's text. Debezium's own conversion loses infinities, composite values, the
 * zone of a {@code timetz} and more. One form serves what is streamed, what a snapshot reads, and
 * what was not logged ("unchanged TOAST").
 *
 * <p>Debezium makes one by its name; see {@link #settings}.
 */
public final class ValueTransport implements CustomConverter<SchemaBuilder, RelationalColumn> {
  /** Parameter of a field's schema: the oid of its type. */
  static final String OID = "distributary.oid";

  /** Parameter of a field's schema: the type's modifiers, with commas between; may be empty. */
  static final String MODIFIERS = "distributary.modifiers";

  /** A text for a value that was not logged; PostgreSQL has no text that holds a NUL. */
  static final String UNTOUCHED = "\u0000";

  private static final String NAME = "distributary";

  /** PostgreSQL's timestamps end in 294276, its dates in 5874897; what is beyond is infinite. */
  private static final int LAST_YEAR = 294_276;

  private static final int LAST_YEAR_OF_DATES = 5_874_897;

  /** Java's older calendar has not the days before this one, and takes them for as many after. */
  private static final LocalDate CALENDAR_BEGINS = LocalDate.of(1582, 10, 15);

  private static final int CALENDAR_GAP = 10;

  /** What Debezium must be told, so that it uses this and gets texts of one form. */
  static Map<String, String> settings() {
    return Map.of(
        "converters",
        NAME,
        NAME + ".type",
        ValueTransport.class.getName(),
        "include.unknown.datatypes",
        "true",
        // A database may have other defaults; the driver itself sets DateStyle.
        "driver.options",
        "-c IntervalStyle=postgres -c lc_monetary=C -c bytea_output=hex"
            + " -c extra_float_digits=1"
            // A policy that would hide rows is an error, not a snapshot without them.
            + " -c row_security=off");
  }

  /** Nothing can be configured. */
  @Override
  public void configure(Properties properties) {}

  @Override
  public void converterFor(
      RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
    int oid = column.nativeType();
    SchemaBuilder schema =
        SchemaBuilder.type(type(oid))
            .optional()
            .parameter(OID, Integer.toUnsignedString(oid))
            .parameter(MODIFIERS, Modifiers.of(column));
    registration.register(schema, value -> converted(column, schema.type(), value));
  }

  private static Schema.Type type(int oid) {
    return switch (oid) {
      case Oids.BOOLEAN -> Schema.Type.BOOLEAN;
      case Oids.SMALLINT, Oids.INTEGER, Oids.DATE -> Schema.Type.INT32;
      case Oids.BIGINT, Oids.OID, Oids.TIMESTAMP, Oids.TIMESTAMP_WITH_TIME_ZONE ->
          Schema.Type.INT64;
      case Oids.REAL -> Schema.Type.FLOAT32;
      case Oids.DOUBLE_PRECISION -> Schema.Type.FLOAT64;
      case Oids.BYTEA -> Schema.Type.BYTES;
      default -> Schema.Type.STRING;
    };
  }

  private static Object converted(RelationalColumn column, Schema.Type type, Object value) {
    try {
      return value == null ? null : converted(column.nativeType(), type, value);
    } catch (SQLException | IllegalArgumentException e) {
      if (value == column.defaultValue()) {
        return null; // Debezium's idea of the column's default, which nobody here asks for.
      }
      throw new CaptureException(
          "A value of column "
              + column.name()
              + " of table "
              + column.dataCollection()
              + ", of type "
              + column.typeName()
              + ", came from Debezium as "
              + value.getClass().getName()
              + ", which is not understood. Leave the column out with"
              + " debezium.column.exclude.list, and report this.",
          e);
    }
  }

  private static Object converted(int oid, Schema.Type type, Object value) throws SQLException {
    boolean untouched = UnchangedToastedReplicationMessageColumn.isUnchangedToastedValue(value);
    return switch (type) {
      case STRING -> untouched ? UNTOUCHED : text(value);
      // What is logged is a byte array; so a buffer can stand for what is not.
      case BYTES -> untouched ? ByteBuffer.allocate(0) : bytes(value);
      case INT32 -> oid == Oids.DATE ? (Object) days(value) : number(value).intValue();
      case INT64 ->
          oid == Oids.BIGINT || oid == Oids.OID ? number(value).longValue() : micros(value);
      case FLOAT32 -> number(value).floatValue();
      case FLOAT64 -> number(value).doubleValue();
      default -> value;
    };
  }

  private static Number number(Object value) {
    if (value instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException("no number");
  }

  private static byte[] bytes(Object value) {
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return bytes;
    }
    throw new IllegalArgumentException("no bytes");
  }

  private static String text(Object value) throws SQLException {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof SpecialValueDecimal number) {
      // Empty for NaN and the infinities, which Java spells as PostgreSQL does.
      return number
          .getDecimalValue()
          .map(BigDecimal::toPlainString)
          .orElseGet(() -> Double.toString(number.toDouble()));
    } else if (value instanceof BigDecimal number) {
      return number.toPlainString();
    } else if (value instanceof PGInterval interval) {
      return interval(interval);
    } else if (value instanceof PGobject object) {
      return object.getValue();
    } else if (value instanceof PgArray || value instanceof UUID || value instanceof Number) {
      return value.toString();
    } else if (value instanceof SQLXML xml) {
      return xml.getString();
    } else if (value instanceof Map<?, ?> map) {
      return Hstore.text(map);
    } else if (value instanceof byte[] unknown) {
      return new String(unknown, StandardCharsets.UTF_8);
    }
    throw new IllegalArgumentException("no text");
  }

  private static String interval(PGInterval interval) {
    BigDecimal seconds =
        BigDecimal.valueOf(interval.getWholeSeconds())
            .add(BigDecimal.valueOf(interval.getMicroSeconds(), 6));
    boolean zero =
        interval.getYears() == 0
            && interval.getMonths() == 0
            && interval.getDays() == 0
            && interval.getHours() == 0
            && interval.getMinutes() == 0
            && seconds.signum() == 0;
    if (zero) {
      return ZeroIntervals.UNCERTAIN;
    }
    return PostgresIntervals.iso(
        interval.getYears(),
        interval.getMonths(),
        interval.getDays(),
        interval.getHours(),
        interval.getMinutes(),
        seconds);
  }

  private static long micros(Object value) {
    if (value instanceof String text) {
      return TimeLiterals.micros(text);
    } else if (value instanceof OffsetDateTime time) {
      return micros(time.toInstant());
    } else if (value instanceof Instant instant) {
      return micros(instant);
    }
    throw new IllegalArgumentException("no timestamp");
  }

  private static long micros(Instant instant) {
    long years = instant.getEpochSecond() / 31_556_952;
    if (Math.abs(years) > LAST_YEAR) {
      return years > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }
    return TimeLiterals.micros(instant);
  }

  private static int days(Object value) {
    if (value instanceof String text) {
      return TimeLiterals.days(text);
    } else if (value instanceof java.sql.Date date) {
      return days(date);
    } else if (value instanceof LocalDate date) {
      if (Math.abs(date.getYear()) > LAST_YEAR_OF_DATES) {
        return date.getYear() > 0 ? Integer.MAX_VALUE : Integer.MIN_VALUE;
      }
      return Math.toIntExact(date.toEpochDay());
    }
    throw new IllegalArgumentException("no date");
  }

  /** The driver's dates are at midnight of the JVM's time zone, in Java's older calendar. */
  @SuppressWarnings("JavaUtilDate") // what the driver gives
  private static int days(java.sql.Date date) {
    if (date.getTime() == PGStatement.DATE_POSITIVE_INFINITY) {
      return Integer.MAX_VALUE;
    } else if (date.getTime() == PGStatement.DATE_NEGATIVE_INFINITY) {
      return Integer.MIN_VALUE;
    }
    Calendar calendar = new GregorianCalendar();
    calendar.setTime(date);
    int year = calendar.get(Calendar.YEAR);
    LocalDate day =
        LocalDate.of(
            calendar.get(Calendar.ERA) == GregorianCalendar.BC ? 1 - year : year,
            calendar.get(Calendar.MONTH) + 1,
            calendar.get(Calendar.DAY_OF_MONTH));
    if (!day.isBefore(CALENDAR_BEGINS) && day.isBefore(CALENDAR_BEGINS.plusDays(CALENDAR_GAP))) {
      throw new IllegalArgumentException("a date that stands for two");
    }
    return Math.toIntExact(day.toEpochDay());
  }
}
