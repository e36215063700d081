package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The files for Confluent's converter, which is not on Maven Central and so runs in no test: they
 * differ from Apicurio's, which do run, in the converters' own keys only, and those are known.
 */
class ConfluentConfigsTest {
  private static final String AVRO = "io.confluent.connect.avro.AvroConverter";
  private static final String TEXT = "org.apache.kafka.connect.storage.StringConverter";

  /** Of "Using Kafka Connect with Schema Registry" in Confluent's documentation. */
  private static final Set<String> KNOWN =
      Set.of(
          "",
          ".schema.registry.url",
          ".auto.register.schemas",
          ".enhanced.avro.schema.support",
          ".ignore.default.for.nullables",
          ".value.subject.name.strategy");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sqlite-source-avro-confluent",
        "sqlite-source-row-avro-confluent",
        "sqlite-source-one-topic-avro-confluent",
        "sqlite-sink-avro-confluent",
        "sqlite-sink-row-avro-confluent"
      })
  void differFromWhatRunsInTheConverterOnly(String file) throws IOException {
    Map<String, String> confluent = config(file);
    Map<String, String> apicurio = config(file.replace("-confluent", "-apicurio"));
    for (String side : Set.of("key.converter", "value.converter")) {
      Map<String, String> own = converter(confluent, side);
      Map<String, String> other = converter(apicurio, side);
      if (other.get("").equals(TEXT)) {
        assertThat(own).isEqualTo(other);
      } else {
        assertThat(own).containsEntry("", AVRO).containsKey(".schema.registry.url");
        assertThat(KNOWN).containsAll(own.keySet());
        assertThat(own.containsKey(".value.subject.name.strategy"))
            .isEqualTo(other.containsKey(".apicurio.registry.artifact-resolver-strategy"));
      }
      confluent.keySet().removeIf(key -> key.startsWith(side));
      apicurio.keySet().removeIf(key -> key.startsWith(side));
    }
    assertThat(confluent).isEqualTo(apicurio).containsKey("connector.class");
  }

  private static Map<String, String> converter(Map<String, String> config, String side) {
    return config.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(side))
        .collect(Collectors.toMap(e -> e.getKey().substring(side.length()), Map.Entry::getValue));
  }

  private static Map<String, String> config(String file) throws IOException {
    Path path = Chain.CHECKOUT.root().resolve("connector-configs").resolve(file + ".json");
    JsonNode json = new ObjectMapper().readTree(path.toFile());
    assertThat(json.path("name").asText()).isEqualTo(file);
    Map<String, String> config = new TreeMap<>();
    json.required("config")
        .properties()
        .forEach(e -> config.put(e.getKey(), e.getValue().asText()));
    return config;
  }
}
