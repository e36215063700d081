package io.distributary.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code quickstart/run} does before Java takes over, in a checkout of nothing but stubs. */
class QuickstartScriptTest {
  @TempDir Path checkout;
  private Path source;
  private Path lib;

  @BeforeEach
  void makeCheckout() throws IOException {
    Files.createDirectories(checkout.resolve("quickstart"));
    Files.copy(Chain.CHECKOUT.root().resolve("quickstart/run"), checkout.resolve("quickstart/run"));
    source = checkout.resolve("core/src/main/java/Some.java");
    Files.createDirectories(source.getParent());
    Files.writeString(source, "");
    age(source, 60);
    lib = checkout.resolve("quickstart/app/target/lib");
    script("mvnw", "echo built; mkdir -p quickstart/app/target/lib; echo \"$@\" >>builds");
    java("17.0.9");
  }

  @Test
  void buildsWhatIsNotBuiltAndOnlyThat() throws Exception {
    assertThat(run("--once")).startsWith("Building ").contains("started --once");
    assertThat(builds()).isEqualTo(1);
    assertThat(run("--once")).startsWith("started --once");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void buildsAgainWhatHasChangedSince() throws Exception {
    Files.createDirectories(lib);
    assertThat(run()).startsWith("started");
    age(lib, 120);
    assertThat(run()).startsWith("Building ");
  }

  @Test
  void aBuildThatFailsIsToldWithItsReason() throws Exception {
    script("mvnw", "echo '[ERROR] no such artifact'; exit 1");
    assertThat(run())
        .contains("The build failed")
        .contains("build.log")
        .contains("no such artifact")
        .doesNotContain("started");
  }

  @Test
  void anOlderJavaIsToldFromWhatIsNeeded() throws Exception {
    java("11.0.21");
    assertThat(run()).contains("Java 17 is needed").contains("is Java 11");
    assertThat(builds()).isZero();
  }

  @Test
  void noJavaIsToldToo() throws Exception {
    Files.delete(checkout.resolve("jdk/bin/java"));
    assertThat(run()).contains("Java 17 is needed").contains("JAVA_HOME");
  }

  private void java(String version) throws IOException {
    script(
        "jdk/bin/java",
        "if [ \"$1\" = -version ]; then echo 'openjdk version \""
            + version
            + "\"' >&2; else while [ \"$1\" != io.distributary.quickstart.app.Quickstart ];"
            + " do shift; done; shift; echo started \"$@\"; fi");
  }

  private void script(String name, String body) throws IOException {
    Path file = checkout.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void age(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
  }

  private int builds() throws IOException {
    Path builds = checkout.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
  }

  private String run(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 1];
    command[0] = checkout.resolve("quickstart/run").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", checkout.resolve("jdk").toString());
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
