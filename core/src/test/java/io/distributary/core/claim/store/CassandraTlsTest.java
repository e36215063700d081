package io.distributary.core.claim.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

/** What there is to do when TLS fails; the integration tests have the rest, with a real node. */
class CassandraTlsTest {
  private final CassandraTls tls = new CassandraTls(true, true, "/trust.p12", "a", "/key.p12", "b");

  @Test
  void aCertificateForAnotherHostNamesTheHostNameSetting() {
    SSLHandshakeException failure = new SSLHandshakeException("certificate_unknown");
    failure.initCause(
        new CertificateException(
            "No subject alternative names matching IP address 10.0.0.1 found"));

    assertThat(tls.advice(failure))
        .contains("cassandra.contact.points", "cassandra.tls.hostname.validation=false");
  }

  @Test
  void aHandshakeThatTheClusterEndsNamesTheClientsCertificate() {
    assertThat(tls.advice(new SSLHandshakeException("Received fatal alert: bad_certificate")))
        .contains("cassandra.tls.keystore.path", "/key.p12");
  }

  @Test
  void filesAreNotLookedAtWithoutTls() {
    CassandraTls off = new CassandraTls(false, true, "/absent", "", "/absent", "");
    assertThatCode(off::requireReadable).doesNotThrowAnyException();
  }
}
