package io.distributary.core.record;

import io.distributary.core.relation.TableId;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * Writes the {@code source} and {@code transaction} blocks of one table's records: who wrote the
 * record, and where it stands.
 *
 * <p>Not safe for use by several threads: it keeps the name of the transaction it saw last.
 */
final class SourceBlock {
  private static final Field VERSION = TableSchemas.SOURCE.field("version");
  private static final Field CONNECTOR = TableSchemas.SOURCE.field("connector");
  private static final Field NAME = TableSchemas.SOURCE.field("name");
  private static final Field TIME = TableSchemas.SOURCE.field("ts_ms");
  private static final Field SNAPSHOT = TableSchemas.SOURCE.field("snapshot");
  private static final Field DATABASE = TableSchemas.SOURCE.field("db");
  private static final Field SCHEMA = TableSchemas.SOURCE.field("schema");
  private static final Field TABLE = TableSchemas.SOURCE.field("table");
  private static final Field TRANSACTION_ID = TableSchemas.SOURCE.field("txId");
  private static final Field LSN = TableSchemas.SOURCE.field("lsn");
  private static final Field EPOCH = TableSchemas.SOURCE.field("epoch");
  private static final Field SEQ = TableSchemas.SOURCE.field("seq");
  private static final Field LAST = TableSchemas.SOURCE.field("last");
  private static final Field ID = TableSchemas.TRANSACTION.field("id");
  private static final Field TOTAL_ORDER = TableSchemas.TRANSACTION.field("total_order");
  private static final Field ORDER = TableSchemas.TRANSACTION.field("data_collection_order");

  private final Provenance provenance;
  private final TableId table;
  private final String database;
  private Position position;
  private String transaction;

  SourceBlock(Provenance provenance, TableId table) {
    this.provenance = provenance;
    this.table = table;
    // Debezium's block has it required.
    this.database = table.database() == null ? "" : table.database();
  }

  /**
   * The {@code source} block.
   *
   * @param seq the index of the change or part inside its unit, from 0
   * @param last whether it ends the unit
   */
  Struct source(UnitHeader header, long seq, boolean last) {
    Struct block =
        new PutCheckedStruct(TableSchemas.SOURCE)
            .put(VERSION, provenance.version())
            .put(CONNECTOR, provenance.connector())
            .put(NAME, provenance.name())
            .put(TIME, header.timestamp())
            .put(SNAPSHOT, header.kind() == UnitKind.SNAPSHOT ? "true" : "false")
            .put(DATABASE, database)
            .put(TABLE, table.name())
            .put(LSN, header.position().lsn())
            .put(EPOCH, header.position().epoch())
            .put(SEQ, seq)
            .put(LAST, last);
    if (table.schema() != null) {
      block.put(SCHEMA, table.schema());
    }
    if (header.transactionId() != null) {
      block.put(TRANSACTION_ID, header.transactionId());
    }
    return block;
  }

  /**
   * The {@code transaction} block; Debezium counts from 1.
   *
   * @param order the index inside the source transaction, over all tables, from 0
   * @param seq the index inside the unit, from 0
   */
  Struct transaction(UnitHeader header, long order, long seq) {
    if (!header.position().equals(position)) {
      position = header.position();
      transaction = position.toString();
    }
    return new PutCheckedStruct(TableSchemas.TRANSACTION)
        .put(ID, transaction)
        .put(TOTAL_ORDER, order + 1)
        .put(ORDER, seq + 1);
  }
}
