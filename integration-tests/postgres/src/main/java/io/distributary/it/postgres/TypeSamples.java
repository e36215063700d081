package io.distributary.it.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Values of every type that PostgreSQL has, the odd ones among them. */
public final class TypeSamples {

  /** What the types need that do not come with the server. */
  public static final List<String> SETUP =
      List.of(
          "CREATE EXTENSION IF NOT EXISTS hstore",
          "CREATE EXTENSION IF NOT EXISTS ltree",
          "CREATE EXTENSION IF NOT EXISTS citext",
          "CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s')",
          "CREATE TYPE pair AS (x int, y text)",
          "CREATE DOMAIN positive AS int CHECK (value > 0)",
          "CREATE DOMAIN very_positive AS positive",
          "CREATE DOMAIN price AS numeric(10,2)",
          "CREATE TYPE float_range AS RANGE (subtype = float8)");

  /** All samples. */
  public static final List<TypeSample> ALL =
      List.of(
          sample("smallint", "-32768", "0", "32767"),
          sample("integer", "-2147483648", "0", "2147483647"),
          sample("bigint", "-9223372036854775808", "9007199254740993", "9223372036854775807"),
          sample("numeric(10,2)", "12.30", "-0.01", "99999999.99", "'NaN'"),
          sample("numeric(38,0)", "12345678901234567890123456789012345678", "-1"),
          sample("numeric(5,-2)", "12300", "-9999900"),
          sample("numeric(3,5)", "0.00123", "'NaN'"),
          sample(
              "numeric",
              "123456789012345678901234567890.123456789",
              "1e40",
              "1.500",
              "0.000",
              "-1",
              "'NaN'",
              "'Infinity'",
              "'-Infinity'"),
          sample("real", "1.1", "3.4028235e38", "1e-45", "'-0'", "'NaN'", "'Infinity'"),
          sample(
              "double precision",
              "0.1",
              "5e-324",
              "1.7976931348623157e308",
              "'-0'",
              "'NaN'",
              "'Infinity'",
              "'-Infinity'"),
          sample("money", "1234.56::numeric", "-0.01::numeric", "'92233720368547758.07'::numeric"),
          sample("boolean", "true", "false"),
          sample("text", "'tex''t'", "''", "'null'", "'zażółć 😀'", "repeat('long ', 20000)"),
          sample("character varying(5)", "'ab'", "'abcde'", "'ab  '"),
          sample("character varying", "'ab'"),
          sample("character(5)", "'ab'", "'abcde'"),
          sample("bpchar", "'ab  '"),
          sample("\"char\"", "'y'"),
          sample("name", "'nm'"),
          sample("citext", "'CiT'"),
          sample("bytea", "'\\x00ff10'", "''", "decode(repeat('c0ffee', 50000), 'hex')"),
          sample(
              "date",
              "'2024-02-29'",
              "'1582-10-10'",
              "'1500-02-28'",
              "'0001-01-01'",
              "'0044-03-15 BC'",
              "'4713-01-01 BC'",
              "'5874897-12-31'",
              "'infinity'",
              "'-infinity'"),
          sample("time without time zone", "'00:00'", "'23:59:59.999999'", "'12:30'", "'24:00:00'"),
          sample("time(3) without time zone", "'01:02:03.004'"),
          sample(
              "time with time zone",
              "'12:00:00.5+02'",
              "'12:00+00'",
              "'23:59:59.999999-05:30'",
              "'00:00+01:02:03'",
              "'24:00:00-15:59'"),
          sample(
              "timestamp without time zone",
              "'2024-01-02 03:04:05.123456'",
              "'1969-12-31 23:59:59.999999'",
              "'1582-10-10 01:00'",
              "'0044-03-15 12:00:00 BC'",
              "'4713-01-01 00:00:00 BC'",
              "'294276-12-31 23:59:59.999999'",
              "'infinity'",
              "'-infinity'"),
          sample("timestamp(3) without time zone", "'2024-01-02 03:04:05.123'"),
          sample(
              "timestamp with time zone",
              "'2024-01-02 03:04:05.123456+02'",
              "'1800-01-01 00:00:00+00'",
              "'0044-03-15 12:00:00+00 BC'",
              "'294276-12-31 23:59:59.999999+00'",
              "'infinity'",
              "'-infinity'"),
          sample(
              "interval",
              "'1 year 2 mons -3 days 04:05:06.789012'",
              "'-00:00:00.5'",
              "'0'",
              "'-178000000 years -11 mons'",
              "'1 mon -1 days'",
              "'infinity'",
              "'-infinity'",
              "'596523:14:07'"),
          sample("uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"),
          sample("json", "'{\"a\": 1,  \"a\":[null]}'", "'null'", "'\"\\u00e9\"'"),
          sample("jsonb", "'{\"a\": 1,  \"b\":[null]}'", "'null'", "'1.50'"),
          sample("xml", "'<a>x</a>'"),
          sample("mood", "'it''s'", "'sad'"),
          sample("positive", "5"),
          sample("very_positive", "6"),
          sample("price", "1.25"),
          sample("hstore", "'a=>1, b=>NULL, \"q\\\"\\\\\" => \" , =>\"'", "''"),
          sample("ltree", "'Top.Science'"),
          sample("inet", "'192.168.0.1/24'", "'::1'"),
          sample("cidr", "'10.0.0.0/8'"),
          sample("macaddr", "'08:00:2b:01:02:03'"),
          sample("macaddr8", "'08:00:2b:01:02:03:04:05'"),
          sample("bit(1)", "B'1'"),
          sample("bit(5)", "B'00101'"),
          sample("bit varying(9)", "B'0101'", "B''"),
          sample("bit varying", "B'0101'"),
          sample("int4range", "'[1,5)'", "'empty'"),
          sample("int8range", "'[1,5)'"),
          sample("numrange", "'[1.5,)'"),
          sample("tsrange", "'[2024-01-01,infinity)'"),
          sample("tstzrange", "'[2024-01-01 00:00:00+00,)'"),
          sample("daterange", "'(,2024-01-01)'"),
          sample("float_range", "'[1.5,2.5)'"),
          sample("int4multirange", "'{[1,3),[5,7)}'", "'{}'"),
          sample("pair", "'(1,\"a b\")'", "'(,)'", "ROW(1, 'q\"\\, (')"),
          sample("point", "'(1.5,-2)'", "'(1e300,Infinity)'", "'(NaN,-0)'"),
          sample("line", "'{1,2,3}'", "'{0.1,-1,0}'"),
          sample("lseg", "'[(1,2),(3,4)]'"),
          sample("box", "'(3,4),(1,2)'"),
          sample("path", "'[(1,2),(3,4)]'", "'((1,2),(3,4))'"),
          sample("polygon", "'((1,2),(3,4),(5,6))'"),
          sample("circle", "'<(1,2),3>'"),
          sample("tsvector", "'a:1 b:2A ''it''''s'':3'"),
          sample("tsquery", "'a & !b'"),
          sample("oid", "4000000000", "0"),
          sample("pg_lsn", "'16/B374D848'"),
          sample("xid8", "'5'"),
          sample("jsonpath", "'$.a[*]'"),
          sample("tid", "'(0,1)'"),
          sample("int2vector", "'1 2'"),
          sample("pg_snapshot", "'10:20:10,14,15'"),
          sample(
              "integer[]",
              "'{1,NULL,3}'",
              "'{}'",
              "'[0:2]={1,2,3}'",
              "'{{1,2},{NULL,4}}'",
              "'{NULL}'"),
          sample("text[]", "'{a,NULL,\"NULL\",\"q\\\"x\\\\\",\"\",\"a b,c{}\"}'"),
          sample("boolean[]", "'{t,f,NULL}'"),
          sample("smallint[]", "'{1,-2}'"),
          sample("bigint[]", "'{9223372036854775807}'"),
          sample("real[]", "'{1.1,NULL}'", "'{NaN}'", "'{-0}'"),
          sample("double precision[]", "'{0.1}'", "'{Infinity}'"),
          sample("numeric[]", "'{1.50,2e10}'", "'{1.5,NaN}'"),
          sample("numeric(6,2)[]", "'{1.5,2}'"),
          sample("money[]", "ARRAY[1234.5::numeric::money, '-0.01'::numeric::money]"),
          sample("character varying(5)[]", "'{ab}'"),
          sample("character(3)[]", "'{ab}'"),
          sample("bytea[]", "'{\"\\\\x00ff\",\"\"}'"),
          sample("date[]", "'{2024-01-01,0044-03-15 BC}'", "'{infinity}'"),
          sample("time without time zone[]", "'{12:30:00.5}'", "'{24:00}'"),
          sample("time with time zone[]", "'{12:30:00.5+02}'"),
          sample(
              "timestamp without time zone[]",
              "'{2024-01-01 00:00:00.000001,NULL,0044-03-15 12:00:00 BC}'",
              "'{infinity,2024-01-01 00:00:00}'"),
          sample("timestamp with time zone[]", "'{2024-01-01 00:00:00+02,infinity}'"),
          sample("interval[]", "'{1 year 2 mons -3 days -04:05:06.789012,00:00:00}'"),
          sample("uuid[]", "'{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}'"),
          sample("jsonb[]", "ARRAY['{\"a\": \"b\\\\c\"}'::jsonb, 'null', NULL]"),
          sample("mood[]", "'{sad,\"it''s\"}'"),
          sample("positive[]", "'{1,2}'"),
          sample("pair[]", "ARRAY[ROW(1, 'a\"b')::pair, NULL]"),
          sample("hstore[]", "ARRAY['a=>1'::hstore]"),
          sample("ltree[]", "'{Top.Science}'"),
          sample("citext[]", "'{CiT}'"),
          sample("inet[]", "'{10.0.0.1/8}'"),
          sample("int4range[]", "'{\"[1,5)\"}'"),
          sample("bit(3)[]", "'{101}'"),
          sample("point[]", "'{\"(1,2)\"}'"),
          sample("box[]", "'{(3,4),(1,2);(5,6),(3,4)}'"));

  private TypeSamples() {}

  /** Runs {@link #SETUP} in a database. */
  public static void setUp(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : SETUP) {
        statement.execute(sql);
      }
    }
  }

  /** The most values that one type has. */
  public static int rows() {
    return ALL.stream().mapToInt(sample -> sample.values().size()).max().orElseThrow();
  }

  /** The name of the column of that sample in a table of all of them. */
  public static String column(int sample) {
    return "c" + sample;
  }

  /** The DDL of a table with a column for each sample, and an {@code id}. */
  public static String createTable(String table) {
    List<String> columns = new ArrayList<>(List.of("id int PRIMARY KEY"));
    for (int i = 0; i < ALL.size(); i++) {
      columns.add(column(i) + " " + ALL.get(i).type());
    }
    return "CREATE TABLE " + table + " (" + String.join(", ", columns) + ")";
  }

  /**
   * An insert of one row into such a table, with the samples' values of that number.
   *
   * @param row from 0; a type that has no such value gets NULL
   */
  public static String insert(String table, int row, int id) {
    List<String> values = new ArrayList<>(List.of(Integer.toString(id)));
    for (TypeSample sample : ALL) {
      values.add(row < sample.values().size() ? sample.values().get(row) : "NULL");
    }
    return "INSERT INTO " + table + " VALUES (" + String.join(", ", values) + ")";
  }

  private static TypeSample sample(String type, String... values) {
    return new TypeSample(type, List.of(values));
  }
}
