package io.distributary.quickstart.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class PortsTest {

  @Test
  void freePortsAreDistinctAndCanBeListenedOn() {
    int[] ports = Ports.free(20);
    assertThat(ports).doesNotHaveDuplicates().hasSize(20);
    assertThatCode(() -> Ports.requireFree(ports[0], "test")).doesNotThrowAnyException();
  }

  @Test
  void aTakenPortIsRefusedByNumberAndUser() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> Ports.requireFree(taken.getLocalPort(), "broker"))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("Port " + taken.getLocalPort())
          .hasMessageContaining("the broker needs it");
    }
  }
}
