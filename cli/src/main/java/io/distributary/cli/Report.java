package io.distributary.cli;

import io.distributary.core.claim.StoredClaim;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the claims command tells people. */
final class Report {
  private static final List<String> HEADINGS =
      List.of("CLAIM", "TABLE", "LSN", "ROWS", "CHUNKS", "BYTES", "AGE", "TTL LEFT", "STATE");

  private final PrintStream out;
  private final Instant now;
  private final List<List<String>> lines = new ArrayList<>();
  private int collectable;
  private long collectableBytes;
  private long bytes;

  Report(PrintStream out, Instant now) {
    this.out = out;
    this.now = now;
    lines.add(HEADINGS);
  }

  /** Adds a claim to the list. */
  void add(StoredClaim claim, ClaimDetails details, Verdict verdict) {
    bytes += claim.bytes();
    if (verdict.collectable()) {
      collectable++;
      collectableBytes += claim.bytes();
    }
    lines.add(
        List.of(
            claim.id(),
            table(details),
            lsn(details),
            details.rows() < 0 ? "-" : Long.toString(details.rows()),
            Integer.toString(claim.chunks()),
            Long.toString(claim.bytes()),
            span(Duration.between(claim.written(), now)),
            claim.expires() == null ? "-" : span(Duration.between(now, claim.expires())),
            verdict.reason()));
  }

  private static String table(ClaimDetails details) {
    if (details.origin() == null) {
      return "its first chunk is gone";
    }
    return details.origin().table() == null
        ? "a record of " + details.origin().topic()
        : details.origin().table().toString();
  }

  private static String lsn(ClaimDetails details) {
    return details.origin() == null || details.origin().position() == null
        ? "-"
        : details.origin().position().toString();
  }

  /** Prints the list. */
  void list() {
    if (lines.size() > 1) {
      print(lines);
    }
    out.printf(
        Locale.ROOT,
        "%s, %s; %s of them can be collected%n",
        claims(lines.size() - 1),
        megabytes(bytes),
        collectable == 0 ? "none" : collectable + ", " + megabytes(collectableBytes) + ",");
  }

  private void print(List<List<String>> rows) {
    int[] widths = new int[HEADINGS.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** Tells of a claim that was removed, or would be. */
  void removed(StoredClaim claim, Verdict verdict, boolean dryRun) {
    out.println(
        (dryRun ? "would remove " : "removed ")
            + claim.id()
            + ", "
            + megabytes(claim.bytes())
            + ": "
            + verdict.reason());
  }

  /** Tells of a claim that stays. */
  void kept(StoredClaim claim, Verdict verdict) {
    out.println("kept " + claim.id() + ": " + verdict.reason());
  }

  /** Tells how many claims were removed, or would be. */
  void collected(boolean dryRun) {
    int all = lines.size() - 1;
    out.printf(
        Locale.ROOT,
        "%s %d of %s, %s of %s%n",
        dryRun ? "Would remove" : "Removed",
        collectable,
        claims(all),
        megabytes(collectableBytes),
        megabytes(bytes));
  }

  /** Tells which sinks need attention. */
  void problems(List<String> problems) {
    problems.forEach(problem -> out.println("ATTENTION: " + problem));
  }

  private static String claims(int number) {
    return number == 1 ? "1 claim" : number + " claims";
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  /** A time in its two largest units. */
  static String span(Duration time) {
    if (time.isNegative()) {
      return "0s";
    } else if (time.toDays() > 0) {
      return time.toDays() + "d" + time.toHoursPart() + "h";
    } else if (time.toHours() > 0) {
      return time.toHours() + "h" + time.toMinutesPart() + "m";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + "m" + time.toSecondsPart() + "s"
        : time.toSeconds() + "s";
  }
}
