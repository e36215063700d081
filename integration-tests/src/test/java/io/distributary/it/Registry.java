package io.distributary.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.distributary.quickstart.launcher.ChildJvm;
import io.distributary.quickstart.launcher.LaunchException;
import io.distributary.quickstart.launcher.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A real schema registry, Apicurio's, as a child JVM. It keeps what it knows in memory. */
final class Registry implements AutoCloseable {
  private static final Duration READY_LIMIT = Duration.ofSeconds(90);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port;
  private final ChildJvm jvm;

  private Registry(int port, ChildJvm jvm) {
    this.port = port;
    this.jvm = jvm;
  }

  /** Starts one on a free port and returns at once. */
  static Registry start(Path directory) {
    int port = Ports.free(1)[0];
    return new Registry(
        port,
        ChildJvm.start(
            new ChildJvm.Command(
                "schema registry",
                Chain.CHECKOUT.root().resolve("integration-tests/registry/target/lib"),
                List.of(
                    "-Xmx256m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                    "-Dquarkus.http.host=" + Ports.HOST,
                    "-Dquarkus.http.port=" + port),
                "io.quarkus.runner.GeneratedMain",
                List.of(),
                directory.resolve("registry.log"))));
  }

  Registry awaitReady() {
    jvm.awaitReady(READY_LIMIT, this::answers);
    return this;
  }

  private boolean answers() {
    try {
      return request("GET", "/apis/ccompat/v7/subjects", null).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Its own API, which Apicurio's converter speaks. */
  String url() {
    return "http://" + Ports.HOST + ":" + port + "/apis/registry/v2";
  }

  /** Confluent's API. */
  String confluentUrl() {
    return "http://" + Ports.HOST + ":" + port + "/apis/ccompat/v7";
  }

  /** The schema of that id, as a reader that knows Confluent's API gets it. */
  JsonNode schema(int id) throws IOException {
    return JSON.readTree(confluent("GET", "/schemas/ids/" + id, null).path("schema").asText());
  }

  /** The newest schema of a subject. */
  JsonNode newest(String subject) throws IOException {
    return JSON.readTree(
        confluent("GET", "/subjects/" + encoded(subject) + "/versions/latest", null)
            .path("schema")
            .asText());
  }

  List<String> subjects() throws IOException {
    List<String> subjects = new ArrayList<>();
    confluent("GET", "/subjects", null).forEach(subject -> subjects.add(subject.asText()));
    return subjects;
  }

  int versions(String subject) throws IOException {
    return confluent("GET", "/subjects/" + encoded(subject) + "/versions", null).size();
  }

  /** Sets what new schemas of all subjects must be to those before them, as in {@code BACKWARD}. */
  void compatibility(String level) throws IOException {
    confluent("PUT", "/config", "{\"compatibility\": \"" + level + "\"}");
  }

  private JsonNode confluent(String method, String path, String body) throws IOException {
    HttpResponse<String> answer = request(method, "/apis/ccompat/v7" + path, body);
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> request(String method, String path, String body) throws IOException {
    HttpRequest.BodyPublisher content =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://" + Ports.HOST + ":" + port + path))
              .timeout(Duration.ofSeconds(20))
              .header("Content-Type", "application/json")
              .method(method, content)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LaunchException("Interrupted while the registry was asked", e);
    }
  }

  private static String encoded(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    jvm.kill();
  }
}
