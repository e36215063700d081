package io.distributary.quickstart.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** Ports on 127.0.0.1, the only address that anything here listens on. */
public final class Ports {

  /** The address. */
  public static final String HOST = "127.0.0.1";

  /**
   * Below the ports that systems give to outgoing connections (from 32768 on Linux). Otherwise a
   * client that tries again and again to reach a killed broker is given the broker's own port in
   * the end, connects to itself, and the broker cannot come back.
   */
  private static final int FIRST = 20_000;

  private static final int LAST = 32_000;

  private Ports() {}

  /** Distinct ports that nothing listens on at this moment. */
  public static int[] free(int count) {
    return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(FIRST, LAST))
        .distinct()
        .filter(Ports::isFree)
        .limit(count)
        .toArray();
  }

  /**
   * @throws LaunchException naming the port and who wants it, when something listens on it
   */
  static void requireFree(int port, String user) {
    if (!isFree(port)) {
      throw new LaunchException(
          "Port %d on %s is taken, and the %s needs it: stop what listens there, or choose another"
              .formatted(port, HOST, user));
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
