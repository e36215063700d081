package io.distributary.core.claim.chunk;

/** The Avro properties that carry what a Connect schema says and an Avro schema does not. */
final class Properties {
  /** Which of the Connect types that share an Avro type: int8, int16 or map. */
  static final String TYPE = "connect.type";

  static final String NAME = "connect.name";
  static final String VERSION = "connect.version";
  static final String DOC = "connect.doc";
  static final String PARAMETERS = "connect.parameters";

  /** The default value: its Avro binary form, without the union of an optional, in base 64. */
  static final String DEFAULT = "connect.default";

  /** The name of a field whose own is not a legal Avro name. */
  static final String FIELD = "connect.field";

  static final String INT8 = "int8";
  static final String INT16 = "int16";
  static final String MAP = "map";

  private Properties() {}
}
