package io.distributary.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Certificates for this machine that are their own authority, made by the JDK's {@code keytool} and
 * valid for a day. Files are PKCS12.
 *
 * @param keystore the private key and its certificate
 * @param truststore the certificate alone, for who is to trust it
 */
record Certificates(Path keystore, Path truststore) {
  /** Of all files. */
  static final String PASSWORD = "not-a-secret";

  /**
   * Makes a certificate for 127.0.0.1 and localhost.
   *
   * @param name of its holder, and of the files in the directory
   */
  static Certificates of(String name, Path directory) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    Path keystore = directory.resolve(name + "-key.p12").toAbsolutePath();
    Path truststore = directory.resolve(name + "-trust.p12").toAbsolutePath();
    Path certificate = directory.resolve(name + ".crt");
    keytool(
        List.of("-genkeypair", "-alias", name, "-keyalg", "EC", "-validity", "1"),
        List.of("-dname", "CN=" + name, "-ext", "SAN=dns:localhost,ip:127.0.0.1"),
        store(keystore));
    keytool(
        List.of("-exportcert", "-alias", name, "-file", certificate.toString()), store(keystore));
    keytool(
        List.of("-importcert", "-noprompt", "-alias", name, "-file", certificate.toString()),
        store(truststore));
    return new Certificates(keystore, truststore);
  }

  private static List<String> store(Path file) {
    return List.of("-storetype", "PKCS12", "-keystore", file.toString(), "-storepass", PASSWORD);
  }

  @SafeVarargs
  private static void keytool(List<String>... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    for (List<String> more : options) {
      command.addAll(more);
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool failed: " + output);
    }
  }
}
