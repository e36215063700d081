package io.distributary.quickstart.launcher;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.Arrays;

/**
 * The main class of every child JVM: runs another main class, and ends the JVM when standard input
 * does.
 *
 * <p>The launcher holds the other end of that pipe. The operating system closes it however the
 * launcher ends, kill -9 included, so no child survives it. Ctrl-C in a terminal reaches children
 * too: it is ignored here, so that the launcher alone decides in which order they stop.
 *
 * <p>Uses the JDK only, since it stands on the classpath of servers.
 */
public final class Tether {

  /** How long an orderly shutdown may take before the JVM is halted. */
  static final Duration GRACE = Duration.ofSeconds(10);

  private Tether() {}

  /**
   * @param args the main class to run, then its arguments
   */
  public static void main(String[] args) {
    try {
      ignoreInterrupts();
      Thread tether = new Thread(Tether::exitAfterInput, "tether");
      tether.setDaemon(true);
      tether.start();
      run(args[0], Arrays.copyOfRange(args, 1, args.length));
    } catch (Throwable e) {
      e.printStackTrace();
      System.exit(1);
    }
  }

  private static void run(String mainClass, String[] args) throws Throwable {
    try {
      Class.forName(mainClass).getMethod("main", String[].class).invoke(null, (Object) args);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void exitAfterInput() {
    awaitEndOfInput();
    new Thread(() -> System.exit(0), "tether-exit").start();
    try {
      Thread.sleep(GRACE.toMillis());
    } catch (InterruptedException e) {
      System.err.println("Interrupted in the grace period: halting");
    }
    Runtime.getRuntime().halt(1);
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() != -1) {
        // Nothing is ever said on it.
      }
    } catch (IOException e) {
      System.err.println("Lost the launcher: " + e);
    }
  }

  /** By reflection, because javac warns of sun.misc.Signal in a way that cannot be suppressed. */
  private static void ignoreInterrupts() throws ReflectiveOperationException {
    Class<?> signal = Class.forName("sun.misc.Signal");
    Class<?> handler = Class.forName("sun.misc.SignalHandler");
    signal
        .getMethod("handle", signal, handler)
        .invoke(
            null,
            signal.getConstructor(String.class).newInstance("INT"),
            handler.getField("SIG_IGN").get(null));
  }
}
