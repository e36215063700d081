package io.distributary.sink.write;

import io.distributary.core.record.Position;
import io.distributary.sink.unit.Checkpoint;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.TopicPartition;

/**
 * The checkpoints of one sink in its target: one row per partition, with a random token of the task
 * that owns it. A row without an offset belongs to a partition of which nothing is applied yet. All
 * methods but {@link #create} work inside a transaction of the caller's.
 */
final class Checkpoints implements AutoCloseable {
  static final String TABLE = "distributary_checkpoint";

  private static final String ROW = " WHERE sink = ? AND topic = ? AND ";

  private final Dialect dialect;
  private final String sink;
  private final String owner = UUID.randomUUID().toString();
  private final String where;
  private final Map<TopicPartition, Long> seen = new HashMap<>();
  private PreparedStatement update;

  Checkpoints(Dialect dialect, String sink) {
    this.dialect = dialect;
    this.sink = sink;
    this.where = ROW + dialect.quoted("partition") + " = ?";
  }

  /** Makes the table where there is none; in a transaction of its own. */
  void create() throws SQLException {
    dialect.createCheckpoints(TABLE);
  }

  /** Takes the partitions over and reads their checkpoints; those without one are left out. */
  Map<TopicPartition, Checkpoint> claim(Collection<TopicPartition> partitions) throws SQLException {
    Map<TopicPartition, Checkpoint> checkpoints = new HashMap<>();
    try (PreparedStatement claim = prepare("UPDATE " + TABLE + " SET owner = ?" + where);
        PreparedStatement insert =
            prepare(
                "INSERT INTO "
                    + TABLE
                    + " (owner, sink, topic, "
                    + dialect.quoted("partition")
                    + ") VALUES (?, ?, ?, ?)")) {
      for (TopicPartition partition : sorted(partitions)) {
        seen.remove(partition);
        claim.setString(1, owner);
        setRow(claim, 2, partition);
        if (claim.executeUpdate() == 0) {
          insert.setString(1, owner);
          setRow(insert, 2, partition);
          insert.executeUpdate();
        } else {
          Checkpoint checkpoint = read(partition);
          if (checkpoint != null) {
            checkpoints.put(partition, checkpoint);
            seen.put(partition, checkpoint.offset());
          }
        }
      }
    }
    return checkpoints;
  }

  /** In one order for all tasks, so that no two wait for each other. */
  private static List<TopicPartition> sorted(Collection<TopicPartition> partitions) {
    return partitions.stream()
        .sorted(
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition))
        .toList();
  }

  private Checkpoint read(TopicPartition partition) throws SQLException {
    try (PreparedStatement select =
        prepare("SELECT kafka_offset, epoch, lsn, record_timestamp FROM " + TABLE + where)) {
      setRow(select, 1, partition);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        Long offset = number(row, 1);
        String epoch = row.getString(2);
        Long lsn = number(row, 3);
        Long timestamp = number(row, 4);
        Position position = epoch == null || lsn == null ? null : new Position(epoch, lsn);
        return offset == null ? null : new Checkpoint(offset, position, timestamp);
      }
    }
  }

  private static Long number(ResultSet row, int column) throws SQLException {
    long number = row.getLong(column);
    return row.wasNull() ? null : number;
  }

  /**
   * Writes checkpoints, each over the one that was seen last. They count as seen only when {@link
   * #committed} says so.
   *
   * @throws WriteException with {@link WriteException.Kind#FENCED} if a row is not as it was seen
   */
  void write(Map<TopicPartition, Checkpoint> checkpoints) throws SQLException {
    if (update == null) {
      update =
          prepare(
              "UPDATE "
                  + TABLE
                  + " SET kafka_offset = ?, epoch = ?, lsn = ?, record_timestamp = ?"
                  + where
                  + " AND owner = ? AND "
                  + dialect.same("kafka_offset", "?"));
    }
    for (Map.Entry<TopicPartition, Checkpoint> entry : checkpoints.entrySet()) {
      TopicPartition partition = entry.getKey();
      set(update, entry.getValue());
      setRow(update, 5, partition);
      update.setString(8, owner);
      setNumber(update, 9, seen.get(partition));
      if (update.executeUpdate() != 1) {
        throw new WriteException(
            WriteException.Kind.FENCED,
            "The checkpoint of "
                + partition
                + " belongs to another task of sink "
                + sink
                + " by now: what this one wrote is rolled back, and it must end",
            null);
      }
    }
  }

  /** The checkpoints written are committed. */
  void committed(Map<TopicPartition, Checkpoint> checkpoints) {
    checkpoints.forEach((partition, checkpoint) -> seen.put(partition, checkpoint.offset()));
  }

  /** Moves a partition to read from an offset, whatever was applied; null forgets it. */
  void rewind(TopicPartition partition, Long offset) throws SQLException {
    try (PreparedStatement delete = prepare("DELETE FROM " + TABLE + where)) {
      setRow(delete, 1, partition);
      delete.executeUpdate();
    }
    if (offset != null) {
      try (PreparedStatement insert =
          prepare(
              "INSERT INTO "
                  + TABLE
                  + " (kafka_offset, owner, sink, topic, "
                  + dialect.quoted("partition")
                  + ") VALUES (?, ?, ?, ?, ?)")) {
        insert.setLong(1, offset - 1);
        insert.setString(2, owner);
        setRow(insert, 3, partition);
        insert.executeUpdate();
      }
    }
  }

  private static void set(PreparedStatement statement, Checkpoint checkpoint) throws SQLException {
    Position position = checkpoint.position();
    statement.setLong(1, checkpoint.offset());
    statement.setString(2, position == null ? null : position.epoch());
    setNumber(statement, 3, position == null ? null : position.lsn());
    setNumber(statement, 4, checkpoint.timestamp());
  }

  private static void setNumber(PreparedStatement statement, int index, Long number)
      throws SQLException {
    if (number == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, number);
    }
  }

  private void setRow(PreparedStatement statement, int from, TopicPartition partition)
      throws SQLException {
    statement.setString(from, sink);
    statement.setString(from + 1, partition.topic());
    statement.setInt(from + 2, partition.partition());
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    return dialect.connection().prepareStatement(sql);
  }

  @Override
  public void close() throws SQLException {
    if (update != null) {
      update.close();
    }
  }
}
