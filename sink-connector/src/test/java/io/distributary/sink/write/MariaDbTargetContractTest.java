package io.distributary.sink.write;

import static io.distributary.sink.write.Sample.gone;
import static io.distributary.sink.write.Sample.up;
import static io.distributary.sink.write.Sample.update;
import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.record.Part;
import io.distributary.it.mariadb.MariaDbServer;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MariaDbTargetContractTest extends TargetContract {
  private String url;

  @Override
  String nameOfUniqueName() {
    return "'name'";
  }

  @Override
  String numberedKey() {
    return "INTEGER AUTO_INCREMENT PRIMARY KEY";
  }

  @Override
  String url() throws SQLException {
    url = url == null ? MariaDbServer.shared().createDatabase() : url;
    // As the contract quotes names; our own sessions say for themselves what they mean.
    return url + "&sessionVariables=sql_mode='ANSI'";
  }

  /** As a task does: what is transient is rolled back and applied again. */
  @Override
  Target having(Part... parts) {
    Target target = open();
    try {
      applyAll(target, parts);
    } catch (WriteException e) {
      assertThat(e.kind()).isEqualTo(WriteException.Kind.TRANSIENT);
      target.rollback();
      applyAll(target, parts);
    }
    target.commit(Map.of());
    return target;
  }

  private static void applyAll(Target target, Part... parts) {
    for (Part part : parts) {
      target.apply(part);
    }
  }

  @Test
  @Override
  void ownStatementsWriteRelationsOfAnotherShape() throws SQLException {
    reader.execute(
        "CREATE TABLE sheet"
            + " (label VARCHAR(40) PRIMARY KEY, amount REAL, note TEXT DEFAULT 'a:name')");
    settings.statements.put(
        "items",
        new CustomStatements(
            "INSERT INTO sheet(label, amount, note) VALUES (concat(:name, ':id', :id), :price, 'x')"
                + " ON DUPLICATE KEY UPDATE amount = VALUES(amount) -- :none",
            "DELETE FROM sheet WHERE label LIKE concat('%:id', :id)"));
    having(
        update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)),
        update(ITEMS, gone(1L, null, null), up(2L, "b", 5.0)));
    assertThat(reader.rows("SELECT label, amount FROM sheet")).containsExactly("b:id2|5.0");
  }

  @Test
  @Override
  void aStatementForUpsertsLeavesDeletesAsUsual() throws SQLException {
    settings.statements.put(
        "items",
        new CustomStatements(
            "INSERT INTO items(id, name) VALUES(:id, upper(:name))"
                + " ON DUPLICATE KEY UPDATE name = VALUES(name)",
            null));
    having(update(ITEMS, up(1L, "a", 1.0), up(2L, "b", 2.0)), update(ITEMS, gone(1L, null, null)));
    assertThat(reader.rows(ALL)).containsExactly("2|B|null");
  }
}
