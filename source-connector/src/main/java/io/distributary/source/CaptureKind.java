package io.distributary.source;

import io.distributary.source.capture.Capture;
import io.distributary.source.capture.CaptureException;
import java.util.List;
import java.util.Map;

/** A way to capture a kind of source. Another is another class, and a line in {@link Captures}. */
interface CaptureKind {

  /** What the URLs of its sources begin with. */
  String url();

  /** How such a URL goes on, for messages. */
  String example();

  /** What it is called in the setting {@code capture}. */
  String name();

  /** The kind of source, as it stands in records. */
  String connector();

  /**
   * Opens a capture.
   *
   * @param bookmark what to resume after; null for a first start
   * @throws CaptureException when it cannot begin
   */
  Capture open(SourceConfig config, Map<String, ?> bookmark);

  /** Looks at the database, and changes nothing in it. Errors by the key that must change. */
  Map<String, List<String>> check(SourceConfig config);

  /**
   * Refuses an offset that it could not have written.
   *
   * @throws CaptureException that says what is wrong with it
   */
  void checkBookmark(Map<String, ?> offset);
}
