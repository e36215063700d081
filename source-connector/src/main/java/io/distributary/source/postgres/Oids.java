package io.distributary.source.postgres;

/** Numbers of types that PostgreSQL gave once and for all ({@code pg_type.dat}). */
final class Oids {
  static final int BOOLEAN = 16;
  static final int BYTEA = 17;
  static final int BIGINT = 20;
  static final int SMALLINT = 21;
  static final int INTEGER = 23;
  static final int OID = 26;
  static final int REAL = 700;
  static final int DOUBLE_PRECISION = 701;
  static final int BPCHAR = 1042;
  static final int BPCHAR_ARRAY = 1014;
  static final int VARCHAR = 1043;
  static final int VARCHAR_ARRAY = 1015;
  static final int DATE = 1082;
  static final int TIME = 1083;
  static final int TIMESTAMP = 1114;
  static final int TIMESTAMP_WITH_TIME_ZONE = 1184;
  static final int TIME_WITH_TIME_ZONE = 1266;
  static final int BIT = 1560;
  static final int VARBIT = 1562;
  static final int NUMERIC = 1700;
  static final int NUMERIC_ARRAY = 1231;

  private Oids() {}
}
