package io.distributary.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the claims command was asked for.
 *
 * @param collect whether to remove claims, and not only to list them
 * @param dryRun whether to say only what would be removed
 * @param unreferenced whether claims that no record refers to may be removed as well
 * @param olderThan younger claims stay
 * @param settings the settings of the file with those of the options over them
 */
record Arguments(
    boolean collect,
    boolean dryRun,
    boolean unreferenced,
    Duration olderThan,
    Map<String, String> settings) {

  static final String USAGE =
      """
      Usage: distributary claims list|collect [OPTION]...

        list     shows the claims in the claim-check store, and which sinks still need them
        collect  removes those that all known sinks have applied, before their time to live ends

        --connect URL             REST address of a Connect worker; once for each cluster whose sinks
                                  read the topics (default http://127.0.0.1:8083)
        --bootstrap-servers LIST  the Kafka cluster that the topics are in, as host:port,...
        --store-of CONNECTOR      the store is the one of that source's ClaimCheckDeposit (default: of
                                  the only one that Connect knows)
        --older-than TIME         claims written since stay, as 90s, 30m, 12h or 7d (default 1d)
        --unreferenced            also collects what no record refers to: what a source left behind
                                  that was killed, and claims whose record Kafka has removed. Only for
                                  a store that no other Kafka cluster uses
        --dry-run                 tells what collect would remove
        --config FILE             properties: connect.*, kafka.* (for Kafka's clients) and those of the
                                  store, as ClaimCheckDeposit names them
        --property KEY=VALUE      one such property

      Exit status: 0 done, 1 not done, 2 not understood, 3 done and a sink needs attention: it is left
      behind its topic's retention, or claims that it needs are gone.
      """;

  private static final Pattern TIME = Pattern.compile("(\\d{1,9})([smhd])");

  /**
   * Reads the command line.
   *
   * @throws UsageException that names the wrong word
   */
  static Arguments parse(List<String> args) {
    Deque<String> words = new ArrayDeque<>(args);
    requireWord(words, "claims");
    boolean collect = requireWord(words, "list", "collect").equals("collect");
    boolean dryRun = false;
    boolean unreferenced = false;
    Duration olderThan = Duration.ofDays(1);
    Map<String, String> file = new HashMap<>();
    Map<String, String> options = new HashMap<>();
    while (!words.isEmpty()) {
      String option = words.pop();
      switch (option) {
        case "--connect" ->
            options.merge(
                ClaimsConfig.CONNECT_URL, value(option, words), (some, more) -> some + "," + more);
        case "--bootstrap-servers" ->
            options.put(ClaimsConfig.BOOTSTRAP_SERVERS, value(option, words));
        case "--store-of" -> options.put(ClaimsConfig.STORE_OF, value(option, words));
        case "--older-than" -> olderThan = time(option, value(option, words));
        case "--unreferenced" -> unreferenced = true;
        case "--dry-run" -> dryRun = true;
        case "--config" -> file.putAll(properties(value(option, words)));
        case "--property" -> putProperty(options, value(option, words));
        default -> throw new UsageException("Unknown option '" + option + "'");
      }
    }
    file.putAll(options);
    return new Arguments(collect, dryRun, unreferenced, olderThan, Map.copyOf(file));
  }

  private static String requireWord(Deque<String> words, String... allowed) {
    String word = words.isEmpty() ? "nothing" : words.pop();
    if (!List.of(allowed).contains(word)) {
      throw new UsageException(
          "Found " + word + " where one of " + List.of(allowed) + " was expected");
    }
    return word;
  }

  private static String value(String option, Deque<String> words) {
    if (words.isEmpty()) {
      throw new UsageException(option + " needs a value");
    }
    return words.pop();
  }

  private static Duration time(String option, String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      throw new UsageException(option + " " + text + ": a number with s, m, h or d, as 12h");
    }
    long number = Long.parseLong(time.group(1));
    return switch (time.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  private static Map<String, String> properties(String file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of(file))) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException("--config " + file + " cannot be read: " + e, e);
    }
    Map<String, String> map = new HashMap<>();
    properties.stringPropertyNames().forEach(key -> map.put(key, properties.getProperty(key)));
    return map;
  }

  private static void putProperty(Map<String, String> options, String text) {
    int equals = text.indexOf('=');
    if (equals < 1) {
      throw new UsageException("--property needs KEY=VALUE");
    }
    options.put(text.substring(0, equals), text.substring(equals + 1));
  }
}
