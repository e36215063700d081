package io.distributary.source.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.distributary.core.relation.TableId;
import io.distributary.it.postgres.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

/** What a transaction holds. */
class TransactionTest {
  private static final Schema ROW =
      SchemaBuilder.struct()
          .optional()
          .field(
              "id",
              SchemaBuilder.string()
                  .parameter(ValueTransport.OID, "23")
                  .parameter(ValueTransport.MODIFIERS, "")
                  .build())
          .build();
  private static final Schema ENVELOPE =
      SchemaBuilder.struct()
          .field("op", Schema.STRING_SCHEMA)
          .field("before", ROW)
          .field("after", ROW)
          .build();

  /** Were it two, the table's unit would end twice, and a sink take the second end for a repeat. */
  @Test
  void aTableThatTheCatalogueKnowsOtherwiseInTheMiddleStaysOne() throws Exception {
    try (Connection connection =
            DriverManager.getConnection(PostgresServer.shared().createDatabase());
        Transaction transaction =
            new Transaction(7, new PostgresCaptureSettings.Holding(1 << 20, null))) {
      RowShapes shapes = new RowShapes(connection);
      Struct deleted = new Struct(ENVELOPE).put("op", "d");
      for (Map<String, String> types :
          List.of(Map.of("id", "integer"), Map.of("id", "integer", "currency", "text"))) {
        CapturedTable prices =
            new CapturedTable(
                1,
                new TableId("shop", "public", "prices"),
                false,
                'd',
                List.of(),
                types,
                List.of());
        transaction.add(prices, new ChangeReader(prices, ENVELOPE, shapes), deleted);
      }

      assertThat(transaction.tables()).hasSize(1);
    }
  }
}
