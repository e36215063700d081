package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Change;
import io.distributary.core.record.Op;
import io.distributary.core.relation.Table;
import io.distributary.it.postgres.PostgresServer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many rows that their changes say are new are copied; those that are not are upserted. */
@Timeout(120)
class PostgresCreationsTest {
  private static final Table ITEMS = TargetContract.ITEMS;
  private static final int MANY = 300;

  private TargetFixture fixture;
  private Database reader;

  @BeforeEach
  void connect() throws SQLException {
    fixture = new TargetFixture(PostgresServer.shared().createDatabase());
    reader = fixture.database();
    reader.execute(
        "CREATE TABLE items (id bigint PRIMARY KEY, name text, price float8)",
        "CREATE TABLE seen (command text)",
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN"
            + " INSERT INTO seen VALUES (split_part(current_query(), ' ', 1)); RETURN NULL; END $$",
        "CREATE TRIGGER see AFTER INSERT ON items FOR EACH STATEMENT EXECUTE FUNCTION see()");
  }

  @AfterEach
  void close() throws SQLException {
    fixture.close();
  }

  @Test
  void newRowsAreCopied() throws SQLException {
    fixture.having(update(ITEMS, created()));
    assertThat(commands()).containsExactly("COPY");
    assertThat(rowsNamed("new")).isEqualTo(MANY);
  }

  @Test
  void fewNewRowsAreUpserted() throws SQLException {
    fixture.having(update(ITEMS, Arrays.copyOf(created(), 10)));
    assertThat(commands()).containsExactly("INSERT");
    assertThat(rowsNamed("new")).isEqualTo(10);
  }

  @Test
  void rowsThatAreThereAlreadyAreUpdatedWhateverTheirChangesSay() throws SQLException {
    reader.execute("INSERT INTO items VALUES (7, 'old', 0), (1000, 'old', 0)", "TRUNCATE seen");
    fixture.having(update(ITEMS, created()), update(ITEMS, created()));
    assertThat(commands()).containsExactly("INSERT", "INSERT");
    assertThat(rowsNamed("new")).isEqualTo(MANY);
    assertThat(rowsNamed("old")).isEqualTo(1);
  }

  @Test
  void anUpdatedRowAmongThemIsNotTakenForNew() throws SQLException {
    fixture.having(update(ITEMS, with(up(1000L, "new", 1.0))));
    assertThat(commands()).containsExactly("INSERT");
    assertThat(rowsNamed("new")).isEqualTo(MANY + 1);
  }

  @Test
  void aRowThatWasDeletedBeforeItWasInsertedIsNotTakenForNew() throws SQLException {
    reader.execute("INSERT INTO items VALUES (1000, 'old', 0)", "TRUNCATE seen");
    fixture.having(update(ITEMS, with(gone(1000L, null, null), create(1000, "new"))));
    assertThat(commands()).containsExactly("INSERT");
    assertThat(rowsNamed("new")).isEqualTo(MANY + 1);
  }

  @Test
  void aRowThatIsInsertedAndThenUpdatedIsNewAsItIsInTheEnd() throws SQLException {
    fixture.having(update(ITEMS, with(create(1000, "first"), up(1000L, "last", 1.0))));
    assertThat(commands()).containsExactly("COPY");
    assertThat(rowsNamed("last")).isEqualTo(1);
  }

  @Test
  void theMarkerOfSoftDeletesIsCopiedToo() throws SQLException {
    fixture.settings.deletes = DeleteMode.SOFT;
    reader.execute("ALTER TABLE items ADD " + fixture.settings.marker + " smallint NOT NULL");
    fixture.having(update(ITEMS, created()));
    assertThat(commands()).containsExactly("COPY");
    assertThat(reader.rows("SELECT count(*) FROM items WHERE " + fixture.settings.marker + " = 0"))
        .containsExactly("" + MANY);
  }

  @Test
  void aTableWithRulesIsNotCopiedTo() throws SQLException {
    reader.execute("CREATE RULE keep AS ON DELETE TO items DO ALSO NOTHING");
    fixture.having(update(ITEMS, created()));
    assertThat(commands()).containsExactly("INSERT");
    assertThat(rowsNamed("new")).isEqualTo(MANY);
  }

  @Test
  void aTableWithRowSecurityForTheSinksUserIsNotCopiedTo() throws SQLException {
    String role = "sink_" + reader.rows("SELECT current_database()").get(0);
    reader.execute(
        "CREATE ROLE " + role + " LOGIN",
        "GRANT CREATE ON SCHEMA public TO " + role,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON items TO " + role,
        "ALTER TABLE items ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY all_rows ON items USING (true)");
    fixture.settings.url = fixture.settings.url.replace("user=postgres", "user=" + role);
    fixture.having(update(ITEMS, created()));
    assertThat(commands()).containsExactly("INSERT");
    assertThat(rowsNamed("new")).isEqualTo(MANY);
  }

  private static Change[] created() {
    return IntStream.range(0, MANY).mapToObj(id -> create(id, "new")).toArray(Change[]::new);
  }

  private static Change[] with(Change... more) {
    return Stream.of(created(), more).flatMap(Arrays::stream).toArray(Change[]::new);
  }

  private static Change create(long id, String name) {
    return Change.present(Op.CREATE, Sample.row(id, name, 1.0));
  }

  private java.util.List<String> commands() throws SQLException {
    return reader.rows("SELECT * FROM seen");
  }

  private int rowsNamed(String name) throws SQLException {
    String count = "SELECT count(*) FROM items WHERE name = '" + name + "'";
    return Integer.parseInt(reader.rows(count).get(0));
  }
}
