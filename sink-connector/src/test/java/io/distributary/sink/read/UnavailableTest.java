package io.distributary.sink.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class UnavailableTest {
  private static final String TEXT = "__debezium_unavailable_value";
  private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.UTF_8);

  static Stream<Object> placeholders() {
    return Stream.of(
        TEXT,
        BYTES,
        ByteBuffer.wrap(BYTES),
        Map.of(TEXT, TEXT),
        "{\"" + TEXT + "\":\"" + TEXT + "\"}",
        List.of(TEXT),
        List.of(BYTES),
        List.of(ByteBuffer.wrap(BYTES)),
        List.of(UUID.nameUUIDFromBytes(BYTES).toString()),
        TEXT.chars().boxed().toList(),
        TEXT.chars().mapToObj(c -> (long) c).toList());
  }

  @ParameterizedTest
  @MethodSource("placeholders")
  void eachTypeHasAPlaceholder(Object placeholder) {
    assertThat(Unavailable.is(placeholder)).isTrue();
  }

  static Stream<Object> values() {
    return Stream.of(
        TEXT + " ",
        new byte[] {95},
        Map.of(TEXT, "", "", TEXT),
        List.of(),
        List.of(TEXT, TEXT),
        List.of("a"),
        Collections.nCopies(BYTES.length, 95),
        Collections.nCopies(BYTES.length, "_"),
        95L);
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueThatOnlyResemblesOneIsAValue(Object value) {
    assertThat(Unavailable.is(value)).isFalse();
  }
}
