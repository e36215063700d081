package io.distributary.core.relation.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.SqliteTypes;
import io.distributary.core.relation.postgres.PostgresType.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table in docs/types.md says what the code does. */
class TypesTableTest {
  /** One row of the table. */
  record Row(String type, String schema, String postgres, String sqlite) {
    static Row of(String line) {
      String[] cells = line.split("\\|");
      String type = cells[1].substring(cells[1].indexOf('`') + 1);
      return new Row(
          type.substring(0, type.indexOf('`')),
          cells[2].strip(),
          cells[3].strip(),
          cells[4].strip());
    }
  }

  static Stream<Row> rows() throws IOException {
    List<Row> rows =
        Files.readAllLines(Path.of("../docs/types.md")).stream()
            .dropWhile(line -> !line.startsWith("| PostgreSQL |"))
            .takeWhile(line -> line.startsWith("|"))
            .skip(2)
            .map(Row::of)
            .filter(row -> !row.type().equals("positive")) // a domain is what it is over
            .toList();
    assertThat(rows).hasSizeGreaterThan(50);
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRowSaysTheSchemaAndWhatTargetsDeclare(Row row) {
    Declaration declaration = Declaration.parse(row.type());
    PostgresType type = type(declaration);
    Schema schema = PostgresSchemas.schema(type, declaration.modifiers());

    assertThat(row.schema()).contains(described(schema));
    assertThat(schema.isOptional()).isTrue();
    assertThat(row.postgres()).startsWith("same");
    assertThat(PostgresColumnTypes.columnType(schema, row.type(), known -> true))
        .isEqualTo(row.type());
    assertThat(SqliteTypes.affinity(SqliteTypes.columnType(schema, row.type())))
        .isEqualTo(SqliteTypes.affinity(row.sqlite().split("[ ;,]")[0]));
  }

  private static PostgresType type(Declaration declaration) {
    PostgresType type =
        switch (declaration.name()) {
          case "mood" -> new PostgresType("mood", Kind.ENUM, null, List.of("sad"), ',');
          case "pair" -> new PostgresType("pair", Kind.COMPOSITE, null, List.of(), ',');
          default -> PostgresType.base(declaration.name());
        };
    return declaration.array() ? PostgresType.array(type) : type;
  }

  private static String described(Schema schema) {
    String name = schema.name();
    if (name == null) {
      return schema.type().name().toLowerCase(Locale.ROOT);
    }
    return name.startsWith("org.apache.kafka") ? name.substring(name.lastIndexOf('.') + 1) : name;
  }
}
