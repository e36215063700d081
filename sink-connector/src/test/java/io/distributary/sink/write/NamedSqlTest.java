package io.distributary.sink.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSqlTest {

  @Test
  void parametersBecomeQuestionMarksInOrder() {
    NamedSql named = NamedSql.parse("UPDATE t SET a=:a, b = (:b_2), c=:\"odd name\" WHERE a<>:a");
    assertThat(named.names()).containsExactly("a", "b_2", "odd name", "a");
    assertThat(named.sql(null, null)).isEqualTo("UPDATE t SET a=?, b = (?), c=? WHERE a<>?");
    assertThat(named.sql(new boolean[] {false, true, false, false}, "CAST(? AS TEXT)"))
        .isEqualTo("UPDATE t SET a=?, b = (CAST(? AS TEXT)), c=? WHERE a<>?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ':a', 'it''s :a'",
        "SELECT \":a\", \"x\"\":a\"",
        "SELECT [:a], `:a`",
        "SELECT 1 -- :a",
        "SELECT 1 /* :a\n :b */ + 1",
        "SELECT x::text",
        "SELECT a[1: 2]",
        "SELECT ':unclosed",
        ":",
        ""
      })
  void whatIsNoParameterIsLeftAlone(String sql) {
    assertThat(NamedSql.parse(sql).names()).isEmpty();
    assertThat(NamedSql.parse(sql).sql(null, null)).isEqualTo(sql);
  }
}
