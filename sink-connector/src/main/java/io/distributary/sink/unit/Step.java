package io.distributary.sink.unit;

import io.distributary.core.record.Part;

/** What is to be done with a record. */
public sealed interface Step {

  /** Whether the unit before it, whose end has not come, is to be rolled back first. */
  default boolean drops() {
    return false;
  }

  /** Nothing: it tells nothing new. */
  record Pass() implements Step {
    static final Pass INSTANCE = new Pass();
  }

  /**
   * Apply the part.
   *
   * @param part the part, with a kind that its target is to take literally
   * @param unfinished what to do first with the unit before it
   */
  record Apply(Part part, Unfinished unfinished) implements Step {
    @Override
    public boolean drops() {
      return unfinished == Unfinished.DROP;
    }
  }

  /** Roll the unfinished unit back; the record itself tells nothing that can be used. */
  record Abandon() implements Step {
    @Override
    public boolean drops() {
      return true;
    }
  }

  /** Read on from {@link Progress#next}, which is not the offset after this record. */
  record Seek() implements Step {}

  /**
   * Stop: the record must neither be applied nor passed over.
   *
   * @param reason why, and what to do
   */
  record Refuse(String reason) implements Step {}
}
