package io.distributary.benchmarks;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Date;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Items whose content compresses no better than a business's usually does: a random UUID for a
 * code, people's names with a title, random amounts and times, and notes of random words.
 */
final class VariedItems {
  private static final String[] WORDS =
      """
      about above across after again album always amber among another anyone around autumn away \
      balance ballad before begin below beside better between beyond black blue bottle branch \
      bridge bright broken brother candle carry castle certain chance circle city clear cloud coast \
      cold colour common corner country courage cover dance danger daughter dawn deep delivery \
      distance dream early earth east echo edge eight empty engine evening every exchange faith far \
      father field fire first five flight flower follow forest forever forward found four free \
      friend garden gentle glass golden grand green ground guitar half hand harbour heart heavy \
      hidden high hold home hope horizon hour house hundred iron island journey july june kind king \
      kitchen lady lake land last late letter light little lonely long lost love lucky machine made \
      magic march market master matter meadow memory middle midnight minor mirror moment money moon \
      morning mother mountain music narrow nature near never night nine north nothing number ocean \
      october often old open orange order other outside over paper parade part past peace people \
      perfect piano picture place plain planet please poet point pocket power present price promise \
      quarter queen quiet rain red remember return rhythm ribbon right ring river road rock rose \
      round sail salt sand school sea season second secret seven shadow shelter ship shore short \
      silence silver simple sister six sky slow small smile snow soft some song south spare spring \
      stage star station steel still stone storm story strange street summer sun sweet table tall \
      thousand three thunder tide time tomorrow tower town train travel tree true twelve under until \
      valley velvet village violet voice wait walk wall warm watch water way weather west wheel \
      white wide wild wind window winter wonder wood word world year yellow yesterday young"""
          .split(" ");

  private static final String[] NAMES =
      """
      Adams Almeida Bernard Brooks Cunningham Edwards Fernandes Girard Goncalves Gordon Gray Gruber \
      Hansen Holy Johansson Kovacs Lefebvre Mancini Martins Miller Mitchell Munoz Murray Nielsen \
      Pareek Peeters Peterson Philips Ramos Rocha Rojas Sampaio Schneider Silk Smith Stevens Sullivan \
      Taylor Tremblay Van der Berg Wichterlova Wojcik Zimmermann Aaron Astrid Bjorn Camille Daan Diego \
      Dominique Edward Ellie Emma Enrique Fernanda Frantisek Hannah Heather Helena Hugh Isabelle \
      Jennifer Joakim Kara Ladislav Leonie Lucas Luis Madalena Marc Mark Niklas Patrick Phil Puja \
      Richard Robert Roberto Stanislaw Steve Terhi Tim Victor Wyatt"""
          .split(" ");

  private static final long FIRST_CHANGE = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
  private static final long YEAR_MILLIS = 365L * 24 * 60 * 60 * 1000;
  private static final int MOST_CENTS = 100_000;
  private static final int MOST_STOCK = 1_000;

  private VariedItems() {}

  /** The values of an item, always the same. */
  static Object[] item(long id) {
    SplittableRandom random = new SplittableRandom(id);
    String code = new UUID(random.nextLong(), random.nextLong()).toString();
    String name = words(NAMES, 2, random) + ", " + words(WORDS, 1 + random.nextInt(4), random);
    BigDecimal price = BigDecimal.valueOf(random.nextInt(MOST_CENTS), 2);
    long stock = random.nextInt(MOST_STOCK);
    String note = words(WORDS, 2 + random.nextInt(8), random);
    Date changed = Date.from(Instant.ofEpochMilli(FIRST_CHANGE + random.nextLong(YEAR_MILLIS)));
    return new Object[] {id, code, name, price, stock, note, changed};
  }

  private static String words(String[] from, int count, SplittableRandom random) {
    StringBuilder words = new StringBuilder(from[random.nextInt(from.length)]);
    for (int i = 1; i < count; i++) {
      words.append(' ').append(from[random.nextInt(from.length)]);
    }
    return words.toString();
  }
}
