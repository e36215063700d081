package io.distributary.cli;

import io.distributary.core.claim.Origin;
import io.distributary.core.claim.StoredClaim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * Decides, of what was seen in topics and sinks, who needs which claim. What is not known for
 * certain counts as needed.
 *
 * @param since claims of which a chunk was written since stay
 * @param unreferenced whether claims that no record refers to may go
 */
record Survey(Topics topics, List<Sink> sinks, Instant since, boolean unreferenced) {

  /**
   * What becomes of a claim.
   *
   * @param origin where its rows come from; null where that is not known
   */
  Verdict of(StoredClaim claim, Origin origin) {
    String hash = ClaimIds.hash(claim.id());
    if (hash == null) {
      return Verdict.keep("not a claim's name");
    }
    Map<TopicPartition, Long> references = topics.references(hash);
    Verdict verdict = references.isEmpty() ? unreferenced(claim, origin) : referenced(references);
    return verdict.collectable() && !claim.written().isBefore(since)
        ? Verdict.keep(verdict.reason() + ", but young")
        : verdict;
  }

  private Verdict referenced(Map<TopicPartition, Long> references) {
    Set<String> beyond = new TreeSet<>();
    for (Map.Entry<TopicPartition, Long> reference : references.entrySet()) {
      for (Sink sink : sinks) {
        if (!sink.topics().covers(reference.getKey().topic())) {
          continue;
        }
        if (!isBeyond(sink, reference.getKey(), reference.getValue())) {
          return Verdict.keep(need(sink, reference.getKey(), reference.getValue()));
        }
        beyond.add(sink.name());
      }
    }
    return beyond.isEmpty()
        ? Verdict.keep("no known sink reads " + references.keySet().iterator().next().topic())
        : Verdict.collect("applied by " + String.join(", ", beyond));
  }

  /**
   * Whether a sink has applied, or delivered, the record at an offset. A position beyond the
   * topic's end is one in a topic that was deleted since, and says nothing of the new one.
   */
  private boolean isBeyond(Sink sink, TopicPartition partition, long offset) {
    Long next = sink.positions().get(partition);
    return next != null && next > offset && next <= topics.ends().getOrDefault(partition, 0L);
  }

  private static String need(Sink sink, TopicPartition partition, long offset) {
    Long next = sink.positions().get(partition);
    return "needed by "
        + sink.label()
        + (next == null
            ? ", which has no position in " + partition + " yet"
            : ", which is at " + next + " of " + partition + ", its record at " + offset);
  }

  /**
   * A unit's record is sent after its last chunk was stored and before anything else on its topic.
   * So once a record came to the topic that is later than the claim's chunks, the claim's own will
   * not come any more: its source was killed, or its record has been removed from the topic.
   */
  private Verdict unreferenced(StoredClaim claim, Origin origin) {
    boolean overtaken =
        origin != null
            && origin.position() != null
            && claim.written().isBefore(since)
            && topics.goesOnAfter(origin.topic(), claim.written());
    if (!overtaken) {
      return Verdict.keep("no record refers to it yet");
    }
    String reason = "no record refers to it any more";
    return unreferenced ? Verdict.collect(reason) : Verdict.keep(reason);
  }

  /**
   * The sinks that cannot go on, or only by a snapshot.
   *
   * @param stored the hashes of all claims that are in the store
   */
  List<String> problems(Set<String> stored) {
    List<String> problems = new ArrayList<>();
    for (Sink sink : sinks) {
      if (sink.readsClaims()) {
        topics
            .beginnings()
            .forEach(
                (partition, begin) -> {
                  if (sink.topics().covers(partition.topic())) {
                    addProblem(problems, sink, partition, begin, stored);
                  }
                });
      }
    }
    return problems;
  }

  private void addProblem(
      List<String> problems, Sink sink, TopicPartition partition, long begin, Set<String> stored) {
    Long next = sink.positions().get(partition);
    if (next != null && next < begin) {
      problems.add(
          sink.label()
              + " is left behind its retention: it is at "
              + next
              + " of "
              + partition
              + ", which begins at "
              + begin
              + ". It needs a snapshot, for which it asks with start.without.history=snapshot.");
    }
    long from = next == null ? begin : Math.max(next, begin);
    long gone =
        topics.named().stream()
            .filter(hash -> !stored.contains(hash))
            .filter(hash -> topics.references(hash).getOrDefault(partition, -1L) >= from)
            .count();
    if (gone > 0) {
      problems.add(
          sink.label()
              + " still has to read "
              + gone
              + (gone == 1 ? " claim" : " claims")
              + " of "
              + partition
              + " that are not in the store: they expired or were removed. It needs a snapshot,"
              + " for which it asks with claim.expired=snapshot.");
    }
  }
}
