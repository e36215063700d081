package io.distributary.source.emit;

import io.distributary.core.record.Provenance;

/**
 * How units become records.
 *
 * @param prefix the topics' prefix, which is also the source's name
 * @param provenance who writes the records
 */
public record EmitSettings(
    String prefix, Events events, TopicLayout layout, Ordering ordering, Provenance provenance) {

  /**
   * @throws IllegalArgumentException for combinations that cannot keep their promise
   */
  public EmitSettings {
    if (ordering == Ordering.KEY && (events != Events.ROW || layout != TopicLayout.TABLE)) {
      throw new IllegalArgumentException(
          "Ordering by key needs row events and a topic per table: a batch has no key");
    }
  }
}
