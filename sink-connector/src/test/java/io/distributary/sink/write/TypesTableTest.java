package io.distributary.sink.write;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.Column;
import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.postgres.Declaration;
import io.distributary.core.relation.postgres.PostgresColumnTypes;
import io.distributary.core.relation.postgres.PostgresSchemas;
import io.distributary.core.relation.postgres.PostgresType;
import io.distributary.core.relation.postgres.PostgresType.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables in docs/types.md say what the code does: here what they say of MariaDB, and of what
 * comes from SQLite. (Core's test of this name holds the rest.)
 */
class TypesTableTest {
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final String COLLATION = "utf8mb4_nopad_bin";

  /** A row of the table that begins with that cell. */
  private static List<String[]> rows(String heading) throws IOException {
    List<String[]> rows =
        Files.readAllLines(Path.of("../docs/types.md")).stream()
            .dropWhile(line -> !line.startsWith("| " + heading + " |"))
            .takeWhile(line -> line.startsWith("|"))
            .skip(2)
            .map(line -> line.substring(1).split("\\|"))
            .toList();
    assertThat(rows).isNotEmpty();
    return rows;
  }

  /** What stands between backticks in a cell. */
  private static List<String> quoted(String cell) {
    return QUOTED.matcher(cell).results().map(found -> found.group(1)).toList();
  }

  record FromPostgres(String type, String mariaDb) {}

  static Stream<FromPostgres> fromPostgres() throws IOException {
    List<FromPostgres> all = new ArrayList<>();
    for (String[] cells : rows("PostgreSQL")) {
      for (String type : quoted(cells[0])) {
        if (!type.equals("positive")) { // a domain is what it is over
          all.add(new FromPostgres(type, cells[4].strip()));
        }
      }
    }
    assertThat(all).hasSizeGreaterThan(50);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("fromPostgres")
  void mariaDbDeclaresForATypeOfPostgresqlWhatTheTableSays(FromPostgres row) {
    Declaration declared = Declaration.parse(row.type());
    PostgresType type =
        switch (declared.name()) {
          case "mood" -> new PostgresType("mood", Kind.ENUM, null, List.of("sad"), ',');
          case "pair" -> new PostgresType("pair", Kind.COMPOSITE, null, List.of(), ',');
          default -> PostgresType.base(declared.name());
        };
    Schema schema =
        PostgresSchemas.schema(
            declared.array() ? PostgresType.array(type) : type, declared.modifiers());

    assertThat(mariaDb(schema)).isEqualTo(row.mariaDb().replaceFirst(", [a-z].*", ""));
  }

  record FromSqlite(String type, String schema, String postgres, String mariaDb) {}

  static Stream<FromSqlite> fromSqlite() throws IOException {
    List<FromSqlite> all = new ArrayList<>();
    for (String[] cells : rows("declared in SQLite")) {
      List<String> types = new ArrayList<>(quoted(cells[0]));
      if (cells[0].contains("nothing")) {
        types.add("");
      } else if (cells[0].contains("anything else")) {
        types.addAll(List.of("NUMERIC", "MONEY", "DECIMAL(5)"));
      }
      for (String type : types) {
        all.add(new FromSqlite(type, cells[1].strip(), cells[2].strip(), cells[3].strip()));
      }
    }
    assertThat(all).hasSizeGreaterThan(15);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("fromSqlite")
  void aTypeOfSqliteIsDeclaredAsTheTableSays(FromSqlite row) {
    Schema schema = SqliteTypes.schema(row.type());

    assertThat(described(schema)).isEqualTo(row.schema());
    assertThat(PostgresColumnTypes.columnType(schema, row.type(), known -> false))
        .isEqualTo(row.postgres().replaceFirst(":.*", ""));
    assertThat(mariaDb(schema)).isEqualTo(row.mariaDb());
  }

  /** Without what only says how texts are compared. */
  private static String mariaDb(Schema schema) {
    return new MariaDbTypes(COLLATION)
        .of(new Column("c", schema, null), List.of())
        .replaceFirst(" CHARACTER SET .*", "");
  }

  private static String described(Schema schema) {
    if (schema.name() == null) {
      return schema.type().name().toLowerCase(Locale.ROOT);
    }
    Matcher scale = Pattern.compile("scale=(\\d+)").matcher(schema.parameters().toString());
    return "`Decimal`" + (scale.find() ? " of scale " + scale.group(1) : "");
  }
}
