package io.distributary.core.relation.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.postgres.PostgresType.Kind;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValueReaderTest {

  @Test
  void anArrayOfOneDimensionIsAList() {
    assertThat(array("integer").value("{1,NULL,3}")).isEqualTo(Arrays.asList(1, null, 3));
    assertThat(array("text").value("{a,\"NULL\",NULL,\"q\\\"\\\\\",\"\"}"))
        .isEqualTo(Arrays.asList("a", "NULL", null, "q\"\\", ""));
    assertThat(array("boolean").value("{}")).isEqualTo(List.of());
  }

  @Test
  void anArrayThatNoListStandsForIsItsText() {
    for (String text : List.of("{{1,2},{3,4}}", "[0:1]={1,2}")) {
      assertThat(array("integer").value(text)).isEqualTo(text);
    }
    assertThat(array("real").value("{1,NaN}")).isEqualTo("{1,NaN}");
    assertThat(array("real").value("{-0}")).isEqualTo("{-0}");
    assertThat(array("numeric").value("{NaN}")).isEqualTo("{NaN}");
    assertThat(array("date").value("{infinity}")).isEqualTo("{infinity}");
  }

  @Test
  void whatNoNumberStandsForIsText() {
    ValueReader price = ValueReader.of(PostgresType.base("numeric"), List.of(10, 2));

    assertThat(price.value("12.30")).isEqualTo(new BigDecimal("12.30"));
    assertThat(price.value("-Infinity")).isEqualTo("-Infinity");
    assertThat(scalar("time without time zone").value("24:00:00")).isEqualTo("24:00:00");
    assertThat(scalar("timestamp without time zone").value("infinity")).isEqualTo("infinity");
    assertThat(scalar("timestamp without time zone").value("294276-12-31 23:59:59.999999"))
        .isEqualTo("294276-12-31 23:59:59.999999");
  }

  @Test
  void theUnitOfMoneyIsTheLocales() {
    assertThat(ValueReader.of(PostgresType.base("money"), List.of(2)).value("-$1,234.50"))
        .isEqualTo(new BigDecimal("-1234.50"));
    assertThat(ValueReader.of(PostgresType.base("money"), List.of(0)).value("$12.34"))
        .isEqualTo(new BigDecimal("1234"));
  }

  @Test
  void zonesAndDurationsAreIso() {
    assertThat(scalar("time with time zone").value("12:00:00.5+02")).isEqualTo("12:00:00.5+02:00");
    assertThat(scalar("time with time zone").value("12:00:00+00")).isEqualTo("12:00:00Z");
    assertThat(scalar("interval").value("1 year 2 mons -3 days -04:05:06.789"))
        .isEqualTo("P1Y2M-3DT-4H-5M-6.789S");
    assertThat(scalar("interval").value("infinity")).isEqualTo("infinity");
  }

  @Test
  void anHstoreIsAMap() {
    Map<String, String> map = new HashMap<>();
    map.put("a", "1");
    map.put("b", null);
    map.put("q\"\\", " , =>");

    Object read = scalar("hstore").value("\"a\"=>\"1\", \"b\"=>NULL, \"q\\\"\\\\\"=>\" , =>\"");

    assertThat(read).isEqualTo(map);
    assertThat(scalar("hstore").value(Hstore.text(map))).isEqualTo(map);
  }

  @Test
  void whatElseThereIsIsText() {
    assertThat(scalar("inet").value("::1")).isEqualTo("::1");
    assertThat(
            ValueReader.of(
                    new PostgresType("pair", Kind.COMPOSITE, null, List.of(), ','), List.of())
                .value("(1,\"a b\")"))
        .isEqualTo("(1,\"a b\")");
  }

  private static ValueReader scalar(String type) {
    return ValueReader.of(PostgresType.base(type), List.of());
  }

  private static ValueReader array(String element) {
    return ValueReader.of(PostgresType.array(PostgresType.base(element)), List.of());
  }
}
