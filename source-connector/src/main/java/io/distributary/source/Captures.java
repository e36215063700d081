package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import io.distributary.source.emit.Emitter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.connect.errors.ConnectException;

/** Which capture serves which source. */
final class Captures {
  /** The first that fits a URL is what {@code capture=auto} means. */
  private static final List<CaptureKind> KINDS =
      List.of(new SqliteTriggers(), new PostgresLog(), new PostgresTriggers());

  /** What {@code capture} is if the URL alone tells. */
  static final String AUTO = "auto";

  private Captures() {}

  /** The kind of source that a URL names, as it stands in records. */
  static String connector(SourceConfig config) {
    return of(config).connector();
  }

  /**
   * Opens the capture that serves the configuration.
   *
   * @param bookmark what to resume after; null for a first start
   * @throws CaptureException when none does, or it cannot begin
   */
  static Capture open(SourceConfig config, Map<String, ?> bookmark) {
    try {
      return of(config).open(config, bookmark);
    } catch (IllegalArgumentException e) {
      throw new CaptureException(e.getMessage(), e);
    }
  }

  /** Looks at the database, and changes nothing in it. Errors by the key that must change. */
  static Map<String, List<String>> check(SourceConfig config) {
    CaptureKind kind;
    try {
      kind = of(config);
    } catch (CaptureException e) {
      return Map.of(
          fits(config.connectionUrl()).isEmpty()
              ? SourceConfig.CONNECTION_URL
              : SourceConfig.CAPTURE,
          List.of(e.getMessage()));
    }
    try {
      return kind.check(config);
    } catch (CaptureException | IllegalArgumentException e) {
      return Map.of(SourceConfig.CONNECTION_URL, List.of(e.getMessage()));
    }
  }

  /** Adds an error for tables that could not be told apart in Kafka. */
  static void requireDistinct(SourceConfig config, Collection<String> tables, List<String> errors) {
    try {
      Emitter.requireDistinct(config.emit(null), tables);
      SignalTopic.requireOwn(config, tables);
    } catch (ConnectException e) {
      errors.add(e.getMessage());
    }
  }

  /**
   * Refuses an offset that no capture of that URL and name could have written.
   *
   * @param capture the setting {@code capture}; null where it is not given
   * @throws CaptureException that says what is wrong with it
   */
  static void checkBookmark(String url, String capture, Map<String, ?> offset) {
    List<CaptureKind> kinds = fits(url == null ? "" : url);
    kinds.stream()
        .filter(kind -> kind.name().equals(capture))
        .findFirst()
        .orElse(kinds.isEmpty() ? KINDS.get(0) : kinds.get(0))
        .checkBookmark(offset);
  }

  private static List<CaptureKind> fits(String url) {
    return KINDS.stream().filter(kind -> url.startsWith(kind.url())).toList();
  }

  private static CaptureKind of(SourceConfig config) {
    String url = config.connectionUrl();
    List<CaptureKind> kinds = fits(url);
    if (kinds.isEmpty()) {
      int end = url.indexOf(':', "jdbc:".length());
      String named = url.startsWith("jdbc:") && end > 0 ? url.substring(0, end + 1) : "this URL";
      // The rest of a URL may hold a password.
      throw new CaptureException(
          "There is no capture for "
              + named
              + " Built are: "
              + KINDS.stream()
                  .map(CaptureKind::example)
                  .distinct()
                  .collect(Collectors.joining(", "))
              + ".");
    }
    if (config.capture().equals(AUTO)) {
      return kinds.get(0);
    }
    return kinds.stream()
        .filter(kind -> kind.name().equals(config.capture()))
        .findFirst()
        .orElseThrow(
            () ->
                new CaptureException(
                    "capture="
                        + config.capture()
                        + " is not built for "
                        + kinds.get(0).url()
                        + " It can be auto or "
                        + kinds.stream().map(CaptureKind::name).collect(Collectors.joining(", "))
                        + "."));
  }
}
