package io.distributary.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CheckoutTest {

  @Test
  void isFoundFromAnyDirectoryInIt() {
    Checkout checkout = Checkout.around(Path.of("src/test"));
    assertThat(checkout.root())
        .isEqualTo(Path.of("").toAbsolutePath().resolve("../..").normalize());
  }

  @Test
  void isRefusedElsewhere() {
    assertThatThrownBy(() -> Checkout.around(Path.of("/")))
        .isInstanceOf(LaunchException.class)
        .hasMessageContaining("no checkout");
  }
}
