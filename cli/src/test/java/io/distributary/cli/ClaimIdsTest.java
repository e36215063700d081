package io.distributary.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.claim.Claim;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

class ClaimIdsTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef";

  @Test
  void theIdOfAClaimIsFoundInJson() {
    JsonConverter json = new JsonConverter();
    json.configure(Map.of("schemas.enable", "true"), false);
    Claim claim = new Claim("file", "shop.prices-" + HASH, 3, 2500, 40_000, 7);

    byte[] value = json.fromConnectData("shop.prices", Claim.SCHEMA, claim.toStruct());

    assertThat(found("shop.prices", value)).isEqualTo(Map.of(HASH, true));
    assertThat(found("renamed", value)).isEqualTo(Map.of(HASH, false));
  }

  /** In Avro a text's length stands before it and the next field after it: any byte at all. */
  @Property(tries = 256)
  void whateverBytesStandAroundAnIdItIsFound(
      @ForAll @IntRange(min = 0, max = 255) int before,
      @ForAll @IntRange(min = 0, max = 255) int after)
      throws IOException {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.write(before);
    value.write(("shop.prices-" + HASH).getBytes(StandardCharsets.US_ASCII));
    value.write(after);

    assertThat(found("shop.prices", value.toByteArray())).isEqualTo(Map.of(HASH, true));
  }

  @Test
  void ofALongTopicTheIdHasTheBeginning() {
    String topic = "t".repeat(200);
    String id = "t".repeat(120) + "-" + HASH;

    assertThat(ClaimIds.names(id, topic)).isTrue();
    assertThat(ClaimIds.names(id, "t")).isFalse();
    assertThat(found(topic, id.getBytes(StandardCharsets.US_ASCII))).isEqualTo(Map.of(HASH, true));
  }

  @Test
  void whatIsNoIdIsNotTakenForOne() {
    assertThat(ClaimIds.hash("shop.prices-" + HASH)).isEqualTo(HASH);
    assertThat(ClaimIds.hash("-" + HASH)).isNull();
    assertThat(ClaimIds.hash("lost+found")).isNull();
    assertThat(ClaimIds.hash("x-" + HASH.replace('a', 'A'))).isNull();
    byte[] uuid = "id: 123e4567-e89b-12d3-a456-426614174000".getBytes(StandardCharsets.US_ASCII);
    assertThat(found("id", uuid)).isEmpty();
    assertThat(found("id", new byte[0])).isEmpty();
  }

  private static Map<String, Boolean> found(String topic, byte[] value) {
    Map<String, Boolean> found = new TreeMap<>();
    new ClaimIds(topic).find(value, found::put);
    return found;
  }
}
