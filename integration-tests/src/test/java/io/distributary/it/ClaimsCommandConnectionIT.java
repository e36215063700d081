package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.it.ClaimsCommand.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code distributary claims} reaches its servers, and what it says where it does not. */
class ClaimsCommandConnectionIT {
  @TempDir Path directory;
  private ClaimChain chain;
  private ClaimsCommand command;

  @BeforeEach
  void begin() throws IOException, InterruptedException {
    chain = ClaimChain.in(directory);
    command = new ClaimsCommand(chain);
  }

  @Test
  void whatCannotBeReachedIsNamedWithWhatToDo() throws Exception {
    Answer connect =
        ClaimsCommand.execute(
            "claims",
            "list",
            "--bootstrap-servers",
            "127.0.0.1:9",
            "--connect",
            "http://127.0.0.1:9");
    assertThat(connect.exit()).isEqualTo(1);
    assertThat(connect.text())
        .contains("No Connect worker listens at http://127.0.0.1:9/")
        .contains("--connect");

    Answer kafka =
        ClaimsCommand.execute(
            "claims",
            "list",
            "--bootstrap-servers",
            "127.0.0.1:9",
            "--connect",
            chain.worker().url().toString(),
            "--property",
            "kafka.default.api.timeout.ms=2000",
            "--property",
            "store=file",
            "--property",
            "file.directory=" + directory);
    assertThat(kafka.exit()).isEqualTo(1);
    assertThat(kafka.text())
        .contains("Kafka at 127.0.0.1:9 cannot be read")
        .contains("--bootstrap-servers");

    Answer store =
        command.run(
            "list",
            "--property",
            "store=cassandra",
            "--property",
            "cassandra.contact.points=127.0.0.1:9",
            "--property",
            "cassandra.local.datacenter=datacenter1");
    assertThat(store.exit()).isEqualTo(1);
    assertThat(store.text()).contains("127.0.0.1:9");
  }

  @Test
  void connectIsAskedByTlsWhereJavaTrustsIt() {
    Answer trusted = command.listOverTls(chain.certificates().truststore());
    assertThat(trusted.text())
        .contains("No connector with a ClaimCheckDeposit is known to Connect");
  }

  @Test
  void aTruststoreWithoutTheWorkersCertificateIsAnErrorThatNamesTheSetting() throws Exception {
    Certificates other = Certificates.of("other", directory);
    Answer distrusted = command.listOverTls(other.truststore());
    assertThat(distrusted.exit()).isEqualTo(1);
    assertThat(distrusted.text())
        .contains("Connect at " + chain.tlsUrl())
        .contains("DISTRIBUTARY_OPTS", "-Djavax.net.ssl.trustStore", "trustStorePassword");
  }
}
