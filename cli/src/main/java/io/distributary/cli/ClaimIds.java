package io.distributary.cli;

import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/**
 * Finds the ids of claims in the bytes of a record, whatever converter wrote it: an id ends with a
 * dash and 32 hexadecimal digits, which stand as such in JSON and in Avro. The digits alone tell a
 * claim from all others, for they are the hash of its first chunk.
 */
final class ClaimIds {
  private static final int DIGITS = 32;

  /** As the ids begin with at most so many characters of their topic. */
  private static final int NAME_LENGTH = 120;

  private final byte[] topic;

  /** Finds ids in a topic's records. */
  ClaimIds(String topic) {
    this.topic = name(topic).getBytes(StandardCharsets.US_ASCII);
  }

  private static String name(String topic) {
    return topic.substring(0, Math.min(topic.length(), NAME_LENGTH));
  }

  /** Whether a claim's id names that topic. */
  static boolean names(String id, String topic) {
    return id.length() == name(topic).length() + 1 + DIGITS && id.startsWith(name(topic) + "-");
  }

  /** The hash in a claim's id; null when it is no claim's. */
  static String hash(String id) {
    int dash = id.length() - DIGITS - 1;
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    return dash > 0 && bytes.length == id.length() && isId(bytes, dash)
        ? id.substring(dash + 1)
        : null;
  }

  /**
   * Finds all ids.
   *
   * @param found takes a hash, and whether its id names this topic
   */
  void find(byte[] value, BiConsumer<String, Boolean> found) {
    for (int i = 0; i + DIGITS < value.length; i++) {
      if (value[i] == '-' && isId(value, i)) {
        String hash = new String(value, i + 1, DIGITS, StandardCharsets.US_ASCII);
        found.accept(hash, followsTopic(value, i));
      }
    }
  }

  private static boolean isId(byte[] value, int dash) {
    if (value[dash] != '-') {
      return false;
    }
    for (int i = dash + 1; i <= dash + DIGITS; i++) {
      byte digit = value[i];
      if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private boolean followsTopic(byte[] value, int dash) {
    int start = dash - topic.length;
    if (start < 0) {
      return false;
    }
    for (int i = 0; i < topic.length; i++) {
      if (value[start + i] != topic[i]) {
        return false;
      }
    }
    return true;
  }
}
