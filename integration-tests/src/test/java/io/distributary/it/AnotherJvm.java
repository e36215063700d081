package io.distributary.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;

/**
 * Reads what a converter wrote in a JVM that did not write it: converters remember the schemas that
 * they wrote, and so hide in their own JVM what they lose.
 */
final class AnotherJvm {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AnotherJvm() {}

  /** What a converter wrote. */
  record Written(String topic, boolean key, String base64) {
    static Written of(String topic, boolean key, byte[] bytes) {
      return new Written(
          topic, key, bytes == null ? null : Base64.getEncoder().encodeToString(bytes));
    }

    byte[] bytes() {
      return base64 == null ? null : Base64.getDecoder().decode(base64);
    }
  }

  /** What is to be read, and how. */
  record Task(String converter, Map<String, String> config, List<Written> written) {}

  /** What the other JVM reads, each as {@link Canonical} text. */
  static List<String> read(Path directory, Task task) throws Exception {
    Path in = directory.resolve("written.json");
    Path out = directory.resolve("read.json");
    Path log = directory.resolve("reader.log");
    JSON.writeValue(in.toFile(), task);
    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AnotherJvm.class.getName(),
                in.toString(),
                out.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      boolean ended = reader.waitFor(2, TimeUnit.MINUTES);
      assertThat(ended && reader.exitValue() == 0)
          .as("the reader's end: %s", Files.readString(log, UTF_8))
          .isTrue();
    } finally {
      reader.destroyForcibly();
    }
    return JSON.readValue(out.toFile(), new TypeReference<>() {});
  }

  public static void main(String[] args) throws Exception {
    Task task = JSON.readValue(Path.of(args[0]).toFile(), Task.class);
    Converter keys = ConverterPlugin.of(task.converter());
    Converter values = ConverterPlugin.of(task.converter());
    keys.configure(task.config(), true);
    values.configure(task.config(), false);
    List<String> read = new ArrayList<>();
    for (Written written : task.written()) {
      SchemaAndValue value =
          (written.key() ? keys : values).toConnectData(written.topic(), written.bytes());
      read.add(Canonical.of(value.schema(), value.value()));
    }
    JSON.writeValue(Path.of(args[1]).toFile(), read);
    System.exit(0); // the registry's client keeps threads
  }
}
