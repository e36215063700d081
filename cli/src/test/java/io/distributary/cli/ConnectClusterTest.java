package io.distributary.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a worker may answer. The real one is asked by the integration tests. */
class ConnectClusterTest {
  private HttpServer server;
  private HttpContext context;
  private volatile String body = "{}";
  private volatile int status = 200;
  private final AtomicInteger rebalances = new AtomicInteger();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    context =
        server.createContext(
            "/",
            exchange -> {
              boolean rebalancing = rebalances.getAndDecrement() > 0;
              byte[] answer = body.getBytes(StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(rebalancing ? 409 : status, answer.length);
              exchange.getResponseBody().write(answer);
              exchange.close();
            });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void connectorsAreReadWithTheStateOfTheirWorstTask() {
    body =
        """
        {"a": {"info": {"type": "sink", "config": {"topics": "t"}},
               "status": {"connector": {"state": "RUNNING"}, "tasks": [{"state": "RUNNING"},
                          {"state": "FAILED"}]}},
         "b": {"info": {"type": "source", "config": {}}, "status": {"connector": {"state": "PAUSED"}}},
         "c": {"info": {"type": "unknown", "config": {"topics.regex": "t"}}}}""";

    assertThat(cluster("", "").connectors())
        .extracting(Connector::name, Connector::sink, Connector::state)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("a", true, "FAILED"),
            org.assertj.core.groups.Tuple.tuple("b", false, "PAUSED"),
            org.assertj.core.groups.Tuple.tuple("c", true, "UNKNOWN"));
  }

  @Test
  void aRebalanceIsWaitedFor() {
    rebalances.set(2);
    body =
        """
        {"offsets": [{"partition": {"kafka_topic": "t", "kafka_partition": 1},
                      "offset": {"kafka_offset": 12}}]}""";

    assertThat(cluster("", "").positions("a sink"))
        .isEqualTo(Map.of(new TopicPartition("t", 1), 12L));
  }

  @Test
  void aWorkerThatAsksWhoItIsIsTold() {
    context.setAuthenticator(
        new BasicAuthenticator("connect") {
          @Override
          public boolean checkCredentials(String user, String password) {
            return user.equals("someone") && password.equals("s:e");
          }
        });

    assertThat(cluster("someone", "s:e").connectors()).isEmpty();
    assertThatThrownBy(() -> cluster("someone", "wrong").connectors())
        .isInstanceOf(CommandException.class)
        .hasMessageContaining("401")
        .hasMessageContaining("connect.user")
        .hasMessageNotContaining("wrong");
    assertThatThrownBy(() -> cluster("", "").connectors()).hasMessageContaining("connect.user");
  }

  @Test
  void whatIsNoConnectWorkerIsSaid() {
    body = "<html>";
    assertThatThrownBy(() -> cluster("", "").connectors())
        .hasMessageContaining("no Connect worker");
    status = 404;
    assertThatThrownBy(() -> cluster("", "").connectors())
        .hasMessageContaining("404")
        .hasMessageContaining("Is it a Connect worker");
    assertThatThrownBy(() -> new ConnectCluster("connect:8083", "", ""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("http://host:port");
  }

  private ConnectCluster cluster(String user, String password) {
    return new ConnectCluster("http://127.0.0.1:" + server.getAddress().getPort(), user, password);
  }
}
