package io.distributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.claim.Origin;
import io.distributary.core.claim.StoredClaim;
import io.distributary.core.record.Position;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.TableId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Who needs a claim, and who cannot have it any more. */
class SurveyTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef";
  private static final TopicPartition PRICES = new TopicPartition("shop.prices", 0);
  private static final TopicPartition OTHER = new TopicPartition("shop.other", 0);
  private static final Instant WRITTEN = Instant.parse("2026-01-01T12:00:00Z");
  private static final StoredClaim CLAIM =
      new StoredClaim("shop.prices-" + HASH, 3, 1000, WRITTEN, null);
  private static final Origin ORIGIN =
      new Origin(
          "shop.prices",
          UnitKind.UPDATE,
          new Position("e", 7),
          new TableId("shop", null, "prices"),
          List.of("id"));

  private final Topics topics = new Topics();
  private final List<Sink> sinks = new ArrayList<>();
  private Instant since = WRITTEN.plusSeconds(60);
  private boolean unreferenced;

  @Test
  void aClaimThatAllItsSinksAreBeyondIsCollected() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 8L));
    sink("b", "PAUSED", Map.of(PRICES, 100L));

    assertThat(verdict()).isEqualTo(Verdict.collect("applied by a, b"));
  }

  @Test
  void aSinkThatReadsTheRecordNextNeedsIt() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 8L));
    sink("b", "FAILED", Map.of(PRICES, 7L));

    assertThat(verdict())
        .isEqualTo(
            Verdict.keep("needed by b (FAILED), which is at 7 of shop.prices-0, its record at 7"));
  }

  @Test
  void aSinkWithoutAPositionInThePartitionNeedsIt() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(OTHER, 100L));

    assertThat(verdict())
        .isEqualTo(Verdict.keep("needed by a, which has no position in shop.prices-0 yet"));
  }

  @Test
  void aPositionInATopicThatWasMadeAnewSaysNothing() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 1001L));

    assertThat(verdict().reason()).contains("needed by a, which is at 1001");
  }

  @Test
  void ofSeveralRecordsTheLastCounts() {
    refer(PRICES, 3);
    refer(PRICES, 7);
    refer(PRICES, 5);
    sink("a", "RUNNING", Map.of(PRICES, 6L));

    assertThat(verdict().collectable()).isFalse();
  }

  @Test
  void aRecordOnAnotherTopicCountsToo() {
    refer(PRICES, 7);
    refer(OTHER, 1);
    sink("a", "RUNNING", Map.of(PRICES, 8L, OTHER, 1L));

    assertThat(verdict().reason()).contains("of shop.other-0, its record at 1");
  }

  @Test
  void aSinkOfOtherTopicsHasNoSay() {
    refer(PRICES, 7);
    sinks.add(sink("c", Map.of("topics", "elsewhere"), Map.of()));

    assertThat(verdict()).isEqualTo(Verdict.keep("no known sink reads shop.prices"));
  }

  @Test
  void aSinkWhoseTopicsAreASecretMayReadAny() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 8L));
    sinks.add(sink("c", Map.of("topics", "${file:/x:topics}"), Map.of()));

    assertThat(verdict().reason()).contains("needed by c");
  }

  @Test
  void aYoungClaimStays() {
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 8L));
    since = WRITTEN;

    assertThat(verdict()).isEqualTo(Verdict.keep("applied by a, but young"));
  }

  @Test
  void aClaimThatNoRecordRefersToMayBeUnderWay() {
    sink("a", "RUNNING", Map.of(PRICES, 8L));
    unreferenced = true;

    assertThat(verdict().collectable()).as("the topic is empty").isFalse();
    topics.last().put("shop.prices", WRITTEN);
    assertThat(verdict().collectable()).as("nothing came since").isFalse();
    topics.last().put("shop.prices", WRITTEN.plusSeconds(1));
    assertThat(verdict()).isEqualTo(Verdict.collect("no record refers to it any more"));
    since = WRITTEN;
    assertThat(verdict().collectable()).as("young").isFalse();
  }

  @Test
  void aClaimThatNoRecordRefersToStaysWithoutTheOption() {
    topics.last().put("shop.prices", WRITTEN.plusSeconds(1));

    assertThat(verdict()).isEqualTo(Verdict.keep("no record refers to it any more"));
  }

  /** Several tasks may write to such a topic, so the order of its records says nothing. */
  @Test
  void anotherConnectorsRecordThatNoneRefersToStays() {
    topics.last().put("shop.prices", WRITTEN.plusSeconds(1));
    unreferenced = true;

    assertThat(survey().of(CLAIM, Origin.ofRecord("shop.prices")).collectable()).isFalse();
    assertThat(survey().of(CLAIM, null).collectable()).as("of unknown origin").isFalse();
  }

  @Test
  void whatIsNoClaimStays() {
    StoredClaim stray = new StoredClaim("lost+found", 1, 1, WRITTEN, null);

    assertThat(survey().of(stray, null)).isEqualTo(Verdict.keep("not a claim's name"));
  }

  @Test
  void aSinkBehindTheTopicsBeginningIsNamed() {
    topics.beginnings().put(PRICES, 5L);
    sink("a", "STOPPED", Map.of(PRICES, 4L));
    sink("b", "RUNNING", Map.of(PRICES, 5L));

    assertThat(survey().problems(Set.of()))
        .singleElement()
        .asString()
        .contains("a (STOPPED) is left behind", "at 4 of shop.prices-0", "begins at 5");
  }

  @Test
  void aSinkThatStillHasToReadAClaimThatIsGoneIsNamed() {
    topics.beginnings().put(PRICES, 0L);
    refer(PRICES, 7);
    sink("a", "RUNNING", Map.of(PRICES, 7L));
    sink("b", "RUNNING", Map.of(PRICES, 8L));
    sink("new", "RUNNING", Map.of());

    assertThat(survey().problems(Set.of(HASH))).isEmpty();
    assertThat(survey().problems(Set.of()))
        .hasSize(2)
        .allMatch(problem -> problem.contains("1 claim of shop.prices-0"))
        .anyMatch(problem -> problem.startsWith("a "))
        .anyMatch(problem -> problem.startsWith("new "));
  }

  private void refer(TopicPartition partition, long offset) {
    topics
        .references()
        .computeIfAbsent(HASH, h -> new HashMap<>())
        .merge(partition, offset, Math::max);
    topics.named().add(HASH);
    topics.ends().put(partition, 1000L);
  }

  private void sink(String name, String state, Map<TopicPartition, Long> positions) {
    sinks.add(
        new Sink(
            name, state, true, Subscription.of(Map.of("topics.regex", "shop\\..*")), positions));
  }

  private static Sink sink(
      String name, Map<String, String> config, Map<TopicPartition, Long> positions) {
    return new Sink(name, "RUNNING", true, Subscription.of(config), positions);
  }

  private Verdict verdict() {
    return survey().of(CLAIM, ORIGIN);
  }

  private Survey survey() {
    return new Survey(topics, sinks, since, unreferenced);
  }
}
