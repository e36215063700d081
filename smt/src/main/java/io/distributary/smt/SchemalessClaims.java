package io.distributary.smt;

import io.distributary.core.claim.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/** Claims in records that came without schemas, where structs are maps. */
final class SchemalessClaims {
  private static final Set<String> FIELDS =
      Set.of("store", "id", "chunks", "rows", "bytes", "checksum");

  private SchemalessClaims() {}

  /** Whether the value is a claim itself, with or without a schema. */
  static boolean isWhole(Object value) {
    return value instanceof Struct struct
        ? Claim.SCHEMA.name().equals(struct.schema().name())
        : value instanceof Map<?, ?> map && map.keySet().equals(FIELDS);
  }

  /** The claim in a batch without a schema; null where the value is none or holds its rows. */
  static Claim inBatch(Object value) {
    return value instanceof Map<?, ?> map
            && map.containsKey("rows")
            && map.get("claim") instanceof Map<?, ?> claim
            && claim.keySet().equals(FIELDS)
        ? Claim.of(claim)
        : null;
  }

  /** The batch with its rows, which are maps like all of it. */
  static Map<Object, Object> redeemed(Map<?, ?> batch, List<Struct> rows) {
    Map<Object, Object> redeemed = new HashMap<>(batch);
    redeemed.put("claim", null);
    redeemed.put("rows", rows.stream().map(SchemalessClaims::plain).toList());
    return redeemed;
  }

  private static Object plain(Object value) {
    if (value instanceof Struct struct) {
      Map<Object, Object> map = new HashMap<>();
      for (Field field : struct.schema().fields()) {
        map.put(field.name(), plain(struct.get(field)));
      }
      return map;
    } else if (value instanceof List<?> list) {
      List<Object> plain = new ArrayList<>(list.size());
      list.forEach(item -> plain.add(plain(item)));
      return plain;
    }
    return value;
  }
}
