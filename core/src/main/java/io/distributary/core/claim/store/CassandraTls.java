package io.distributary.core.claim.store;

import java.io.File;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * TLS to the cluster.
 *
 * @param truststore path; empty for the JVM's own
 * @param keystore path; empty where the cluster asks for no client certificate
 */
record CassandraTls(
    boolean enabled,
    boolean hostnameValidation,
    String truststore,
    String truststorePassword,
    String keystore,
    String keystorePassword) {

  static CassandraTls of(StoreValues values) {
    return new CassandraTls(
        values.flag(CassandraKeys.TLS),
        values.flag(CassandraKeys.TLS_HOSTNAME),
        values.text(CassandraKeys.TRUSTSTORE),
        values.password(CassandraKeys.TRUSTSTORE_PASSWORD),
        values.text(CassandraKeys.KEYSTORE),
        values.password(CassandraKeys.KEYSTORE_PASSWORD));
  }

  /**
   * Opens both files. The driver does, too, and does not say which of them it could not open.
   *
   * @throws ConnectException that names the key of the file, or of its password
   */
  void requireReadable() {
    if (enabled) {
      requireReadable(
          CassandraKeys.TRUSTSTORE,
          truststore,
          CassandraKeys.TRUSTSTORE_PASSWORD,
          truststorePassword);
      requireReadable(
          CassandraKeys.KEYSTORE, keystore, CassandraKeys.KEYSTORE_PASSWORD, keystorePassword);
    }
  }

  private static void requireReadable(
      String key, String path, String passwordKey, String password) {
    File file = new File(path);
    if (path.isEmpty()) {
      return;
    }
    if (!file.isFile() || !file.canRead()) {
      throw new ConnectException(
          key + "=" + path + " is no file that this process can read. Correct " + key + ".");
    }
    try {
      KeyStore.getInstance(file, password.toCharArray());
    } catch (IOException | GeneralSecurityException e) {
      throw new ConnectException(
          key
              + "="
              + path
              + " cannot be opened. It has to be a JKS or PKCS12 file, and "
              + passwordKey
              + " its password.",
          e);
    }
  }

  /** What to do about a failed handshake. */
  String advice(SSLException failure) {
    if (failure.getClass().getSimpleName().equals("NotSslRecordException")) { // Netty's
      return "What listens there does not speak TLS: set "
          + CassandraKeys.TLS
          + "=false, or the"
          + " port that does";
    }
    String certificate = rejection(failure);
    if (certificate == null) {
      return "The cluster ended the TLS handshake. It may ask clients for a certificate that it"
          + " trusts: set "
          + CassandraKeys.KEYSTORE
          + (keystore.isEmpty() ? "" : ", which is " + keystore);
    }
    if (certificate.contains("No subject alternative")
        || certificate.contains("No name matching")) {
      return "The node's certificate names another host: use the one it names in "
          + CassandraKeys.CONTACT_POINTS
          + ", or set "
          + CassandraKeys.TLS_HOSTNAME
          + "=false";
    }
    return "The node's certificate is not trusted: put it, or its authority's, into "
        + CassandraKeys.TRUSTSTORE
        + ", which is "
        + (truststore.isEmpty() ? "the JVM's own" : truststore);
  }

  /** Why the node's certificate was rejected; null when it was not. */
  private static String rejection(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      boolean unusable = String.valueOf(cause.getMessage()).contains("trustAnchors");
      if (cause instanceof CertificateException || unusable) {
        return String.valueOf(cause.getMessage());
      }
    }
    return null;
  }

  /** Hides the passwords. */
  @Override
  public String toString() {
    return "Tls[enabled=" + enabled + ", truststore=" + truststore + "]";
  }
}
