package io.distributary.source.emit;

/** How tables are spread over topics. */
public enum TopicLayout {
  /** A topic per table. */
  TABLE,
  /** One topic for the whole source, which keeps transactions over several tables whole. */
  SOURCE
}
