package io.distributary.cli;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/** The command line: {@code distributary claims list|collect}. */
public final class Distributary {
  /** The command did what it was asked for. */
  static final int DONE = 0;

  /** It could not; the message says why. */
  static final int FAILED = 1;

  /** It was asked for in a way that it does not understand. */
  static final int USAGE = 2;

  /** It did, and found a sink that cannot go on by itself, or only by a snapshot. */
  static final int ATTENTION = 3;

  private Distributary() {}

  /**
   * Runs a command, and exits with 0 when it is done, 1 when it could not be done, 2 when it was
   * not understood, and 3 when it is done and a sink needs attention.
   *
   * @param args the command and its options; {@code --help} explains them
   */
  public static void main(String[] args) {
    System.exit(run(System.out, System.err, args));
  }

  static int run(PrintStream out, PrintStream err, String... args) {
    List<String> words = Arrays.asList(args);
    try {
      if (words.isEmpty() || words.contains("--help") || words.contains("-h")) {
        (words.isEmpty() ? err : out).print(Arguments.USAGE);
        return words.isEmpty() ? USAGE : DONE;
      }
      return ClaimsCommand.run(Arguments.parse(words), out);
    } catch (UsageException e) {
      err.println(e.getMessage());
      err.println("'distributary --help' explains the command.");
      return USAGE;
    } catch (CommandException e) {
      err.println("Stopped: " + e.getMessage());
      return FAILED;
    }
  }
}
