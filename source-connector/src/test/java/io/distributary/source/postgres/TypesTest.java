package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Position;
import io.distributary.core.record.Provenance;
import io.distributary.core.record.RowWriter;
import io.distributary.core.record.TableSchemas;
import io.distributary.core.record.UnitHeader;
import io.distributary.core.record.UnitKind;
import io.distributary.core.relation.Column;
import io.distributary.core.relation.Names;
import io.distributary.core.relation.postgres.PostgresColumnTypes;
import io.distributary.it.postgres.PostgresServer;
import io.distributary.it.postgres.TypeSamples;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Values of every type, out of a PostgreSQL through Debezium and a record, are in another database
 * what they were, as SQL compares them.
 */
class TypesTest {
  private String url;
  private Connection source;
  private Connection target;

  @BeforeEach
  void open() throws SQLException {
    url = PostgresServer.shared().createDatabase();
    source = DriverManager.getConnection(url);
    TypeSamples.setUp(source);
    execute(source, TypeSamples.createTable("t"));
    target = DriverManager.getConnection(PostgresServer.shared().createDatabase());
    TypeSamples.setUp(target);
  }

  @AfterEach
  void close() throws SQLException {
    source.close();
    target.close();
  }

  @Test
  void everyValueArrivesWhetherReadByASnapshotOrStreamed() throws Exception {
    insert(0);
    try (DebeziumRows rows = DebeziumRows.start(url, Map.of())) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < TypeSamples.rows(); i++) {
        changes.add(rows.next());
      }
      insert(TypeSamples.rows());
      for (int i = 0; i < TypeSamples.rows(); i++) {
        changes.add(rows.next());
      }
      arrive(rows, changes);
    }
    assertSame();
  }

  @Test
  void aDatabaseMayWriteItsValuesOtherwise() throws Exception {
    for (String setting :
        List.of(
            "intervalstyle = 'sql_standard'",
            "bytea_output = 'escape'",
            "datestyle = 'German'",
            "lc_monetary = 'C'",
            "timezone = 'Europe/Amsterdam'",
            "extra_float_digits = 0")) {
      execute(source, "ALTER DATABASE " + source.getCatalog() + " SET " + setting);
    }
    insert(0);
    try (DebeziumRows rows = DebeziumRows.start(url, Map.of())) {
      List<Change> changes = new ArrayList<>();
      for (int i = 0; i < TypeSamples.rows(); i++) {
        changes.add(rows.next());
      }
      insert(TypeSamples.rows());
      for (int i = 0; i < TypeSamples.rows(); i++) {
        changes.add(rows.next());
      }
      arrive(rows, changes);
    }
    assertSame();
  }

  private void insert(int firstId) throws SQLException {
    for (int row = 0; row < TypeSamples.rows(); row++) {
      execute(source, TypeSamples.insert("t", row, firstId + row));
    }
  }

  /** Writes the changes into the target as literals of the types that are declared there. */
  private void arrive(DebeziumRows rows, List<Change> changes) throws Exception {
    TableSchemas schemas = new TableSchemas("p.public.t", rows.table(), false);
    RowWriter writer = new RowWriter(schemas, new Provenance("0", "postgresql", "p"));
    List<String> types = new ArrayList<>();
    for (Column column : rows.table().columns()) {
      types.add(
          PostgresColumnTypes.columnType(column.schema(), column.declaredType(), this::known));
    }
    List<String> ddl = new ArrayList<>();
    List<String> casts = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      ddl.add(Names.quoted(rows.table().columns().get(i).name()) + " " + types.get(i));
      casts.add("?::text::" + types.get(i).replace("money", "numeric") + "::" + types.get(i));
    }
    execute(target, "CREATE TABLE t (" + String.join(", ", ddl) + ")");
    String insert = "INSERT INTO t VALUES (" + String.join(", ", casts) + ")";
    UnitHeader header = new UnitHeader(UnitKind.UPDATE, new Position("e", 1), 1, 1L);
    try (PreparedStatement statement = target.prepareStatement(insert)) {
      for (Change change : changes) {
        Struct envelope = throughJson(writer.envelope(change, header, 0, true, 0, 1));
        List<String> texts = texts(envelope);
        for (int i = 0; i < texts.size(); i++) {
          statement.setString(i + 1, texts.get(i));
        }
        statement.execute();
      }
    }
  }

  private boolean known(String type) {
    try (PreparedStatement statement =
        target.prepareStatement("SELECT to_regtype(?) IS NOT NULL")) {
      statement.setString(1, type);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> texts(Struct envelope) {
    Struct row = envelope.getStruct("after");
    Map<String, String> irregular = new HashMap<>();
    if (envelope.getArray("irregular") != null) {
      for (Object entry : envelope.getArray("irregular")) {
        irregular.put(((Struct) entry).getString("column"), ((Struct) entry).getString("text"));
      }
    }
    List<String> texts = new ArrayList<>();
    for (Field field : row.schema().fields()) {
      Object value = row.get(field);
      texts.add(
          value == null ? irregular.get(field.name()) : LiteralText.of(field.schema(), value));
    }
    return texts;
  }

  private static Struct throughJson(Struct struct) {
    try (JsonConverter json = new JsonConverter()) {
      json.configure(Map.of("schemas.enable", "true"), false);
      byte[] bytes = json.fromConnectData("topic", struct.schema(), struct);
      return (Struct) json.toConnectData("topic", bytes).value();
    }
  }

  private void assertSame() throws SQLException {
    Map<String, String> expected = all(source);
    Map<String, String> arrived = all(target);
    assertThat(arrived.keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(1000);
    List<String> differences =
        expected.entrySet().stream()
            .filter(value -> !Objects.equals(value.getValue(), arrived.get(value.getKey())))
            .map(value -> value + " arrived as " + arrived.get(value.getKey()))
            .toList();
    assertThat(differences).isEmpty();
  }

  /** Every value as the database writes it, with its type, by id and column. */
  private static Map<String, String> all(Connection connection) throws SQLException {
    Map<String, String> values = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id, * FROM t")) {
      while (rows.next()) {
        for (int i = 2; i <= rows.getMetaData().getColumnCount(); i++) {
          String name = rows.getMetaData().getColumnName(i);
          String text = rows.getString(i);
          String type = i == 2 ? "" : TypeSamples.ALL.get(i - 3).type();
          values.put(
              rows.getInt(1) + " " + name + " " + type,
              text != null && text.length() > 100 ? text.length() + " " + text.hashCode() : text);
        }
      }
    }
    return values;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
