package io.distributary.cli;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which topics a sink reads.
 *
 * @param names empty where it reads by a pattern
 * @param pattern null where it reads by names
 * @param unknown whether that is kept from us; then it may read any
 */
record Subscription(Set<String> names, Pattern pattern, boolean unknown) {

  /** What a sink's configuration says. */
  static Subscription of(Map<String, String> config) {
    String names = config.getOrDefault("topics", "");
    String regex = config.getOrDefault("topics.regex", "");
    boolean placeholder = names.contains("${") || regex.contains("${");
    return new Subscription(
        Arrays.stream(names.split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toSet()),
        regex.isEmpty() || placeholder ? null : Pattern.compile(regex),
        placeholder);
  }

  boolean covers(String topic) {
    return unknown
        || names.contains(topic)
        || (pattern != null && pattern.matcher(topic).matches());
  }
}
