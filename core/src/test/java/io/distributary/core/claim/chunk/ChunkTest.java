package io.distributary.core.claim.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.junit.jupiter.api.Test;

class ChunkTest {
  private static final Schema PRICE =
      SchemaBuilder.struct()
          .name("shop.Price")
          .field("id", Schema.INT64_SCHEMA)
          .field("name", Schema.OPTIONAL_STRING_SCHEMA)
          .build();

  @Property
  void everySchemaAndEveryValueComesBackEqual(@ForAll long seed) {
    ConnectValues values = new ConnectValues(seed);
    Schema schema = values.schema(3);
    List<Object> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rows.add(values.value(schema));
    }

    ChunkReader reader = read(write(schema, Map.of(), rows.toArray()));

    assertThat(reader.format().schema()).isEqualTo(schema);
    List<Object> back = new ArrayList<>();
    reader.forEachRemaining(back::add);
    assertThat(ConnectValues.plain(back)).isEqualTo(ConnectValues.plain(rows));
  }

  @Property
  void avrosOwnReaderReadsEveryChunk(@ForAll long seed) throws IOException {
    ConnectValues values = new ConnectValues(seed);
    Schema schema = values.schema(3);
    byte[] chunk = write(schema, Map.of(), values.value(schema), values.value(schema));

    try (DataFileReader<Object> reader =
        new DataFileReader<>(new SeekableByteArrayInput(chunk), new GenericDatumReader<>())) {
      assertThat(reader.iterator()).toIterable().hasSize(2);
    }
  }

  @Test
  void anAvroToolSeesFieldsByName() throws IOException {
    byte[] chunk = write(PRICE, Map.of("distributary.topic", "shop.prices"), price(7, "tea"));

    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(new SeekableByteArrayInput(chunk), new GenericDatumReader<>())) {
      assertThat(reader.getMetaString("distributary.topic")).isEqualTo("shop.prices");
      assertThat(reader.getMetaString("avro.codec")).isEqualTo("zstandard");
      GenericRecord row = reader.next();
      assertThat(row.getSchema().getFullName()).isEqualTo("shop.Price");
      assertThat(row.get("id")).isEqualTo(7L);
      assertThat(row.get("name")).hasToString("tea");
    }
  }

  @Test
  void aNullIsNotItsDefault() {
    Schema schema =
        SchemaBuilder.struct()
            .field("n", SchemaBuilder.int32().optional().defaultValue(5).build())
            .build();
    Struct row = new Struct(schema);

    Struct back = (Struct) read(write(schema, Map.of(), row)).next();

    assertThat(back.getWithoutDefault("n")).isNull();
    assertThat(back.get("n")).isEqualTo(5);
  }

  @Test
  void defaultsOfListsAndMapsComeBack() {
    Schema list =
        SchemaBuilder.array(Schema.INT32_SCHEMA).optional().defaultValue(List.of(1, 2)).build();
    Schema map =
        SchemaBuilder.map(Schema.INT64_SCHEMA, Schema.STRING_SCHEMA)
            .defaultValue(Map.of(1L, "a"))
            .build();
    Schema schema = SchemaBuilder.struct().field("list", list).field("map", map).build();

    assertThat(read(write(schema, Map.of())).format().schema()).isEqualTo(schema);
  }

  @Test
  void twoStructsOfOneNameStayTwo() {
    Schema one = SchemaBuilder.struct().name("Same").field("x", Schema.INT32_SCHEMA).build();
    Schema other = SchemaBuilder.struct().name("Same").field("y", Schema.STRING_SCHEMA).build();
    Schema both = SchemaBuilder.struct().field("one", one).field("other", other).build();
    Struct row =
        new Struct(both)
            .put("one", new Struct(one).put("x", 1))
            .put("other", new Struct(other).put("y", "q"));

    ChunkReader reader = read(write(both, Map.of(), row));

    assertThat(reader.format().schema()).isEqualTo(both);
    assertThat(reader.next()).isEqualTo(row);
  }

  @Test
  void valuesWithoutASchemaKeepTheirTypes() {
    Map<String, Object> value = new HashMap<>();
    value.put("null", null);
    value.put("numbers", Arrays.asList((byte) 1, (short) 2, 3, 4L, 5f, 6d, true, null));
    value.put("nested", Map.of("text", "ä", "list", List.of(Map.of("k", 1))));

    ChunkReader reader = read(write(null, Map.of(), value, "text", null, 5L));

    assertThat(reader.format().schema()).isNull();
    assertThat(reader.next()).isEqualTo(value);
    assertThat(reader.next()).isEqualTo("text");
    assertThat(reader.next()).isNull();
    assertThat(reader.next()).isEqualTo(5L);
    assertThat(reader.hasNext()).isFalse();
  }

  @Test
  void bytesInABufferComeBackAsAnArray() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 1, 2, 9}, 1, 2);

    assertThat(read(write(Schema.BYTES_SCHEMA, Map.of(), buffer)).next())
        .isEqualTo(new byte[] {1, 2});
    assertThat(read(write(null, Map.of(), buffer)).next()).isEqualTo(new byte[] {1, 2});
    assertThat(buffer.remaining()).isEqualTo(2);
  }

  @Test
  void theSameContentGivesTheSameBytes() {
    Map<String, String> labels = Map.of("distributary.topic", "t", "distributary.chunk", "3");

    assertThat(write(PRICE, labels, price(1, "a"))).isEqualTo(write(PRICE, labels, price(1, "a")));
    assertThat(write(PRICE, labels, price(1, "a")))
        .isNotEqualTo(write(PRICE, labels, price(2, "a")));
  }

  @Test
  void labelsComeBack() {
    Map<String, String> labels = Map.of("distributary.topic", "t", "distributary.lsn", "3");

    assertThat(read(write(PRICE, labels, price(1, "a"))).labels()).isEqualTo(labels);
  }

  @Test
  void chunksOfOneSchemaShareIt() {
    Map<String, RowFormat> formats = new HashMap<>();

    Schema first =
        new ChunkReader(write(PRICE, Map.of(), price(1, "a")), formats).format().schema();
    Schema next = new ChunkReader(write(PRICE, Map.of(), price(2, "b")), formats).format().schema();

    assertThat(next).isSameAs(first);
  }

  @Test
  void aValueThatDoesNotFitNamesItsFieldAndLeavesTheChunkAsItWas() {
    ChunkWriter writer = new ChunkWriter(RowFormat.of(PRICE), Map.of());
    writer.add(price(1, "a"));

    assertThatThrownBy(() -> writer.add(new Struct(PRICE)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("'id'")
        .hasMessageContaining("shop.Price");

    Chunk chunk = writer.finish();
    assertThat(chunk.rows()).isEqualTo(1);
    assertThat(read(chunk.bytes())).toIterable().containsExactly(price(1, "a"));
  }

  /** Every bit counts, the header's too, which neither Avro nor zstd guard. */
  @Test
  void anyChangedByteIsNoticedBeforeTheFirstRow() {
    byte[] chunk = write(PRICE, Map.of("distributary.topic", "t"), price(1, "a"), price(2, "b"));
    Random random = new Random(1);

    for (int at = 0; at < chunk.length; at++) {
      byte[] damaged = chunk.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> read(damaged)).isInstanceOf(DamagedChunkException.class);
    }
  }

  @Test
  void aCutOffChunkIsNoticed() {
    byte[] chunk = write(PRICE, Map.of(), price(1, "a"), price(2, "b"));

    for (int length = 0; length < chunk.length; length++) {
      byte[] cut = Arrays.copyOf(chunk, length);
      assertThatThrownBy(() -> read(cut)).isInstanceOf(DamagedChunkException.class);
    }
  }

  @Test
  void rowsAreCompressedAsTheyCome() {
    ChunkWriter writer = new ChunkWriter(RowFormat.of(PRICE), Map.of());
    for (int i = 0; i < 100_000; i++) {
      writer.add(price(i, "name"));
    }

    assertThat(writer.size()).isBetween(10_000, 1_000_000);
    assertThat(writer.finish().bytes().length).isLessThan(100_000 * 8);
  }

  @Test
  void aChunkOfManyBlocksComesBackInOrderAlsoToAvroTools() throws IOException {
    Struct[] rows = new Struct[100_000];
    Arrays.setAll(rows, i -> price(i, "name " + i));

    byte[] chunk = write(PRICE, Map.of(), (Object[]) rows);

    assertThat(read(chunk)).toIterable().containsExactly((Object[]) rows);
    try (DataFileReader<GenericRecord> reader =
        new DataFileReader<>(new SeekableByteArrayInput(chunk), new GenericDatumReader<>())) {
      for (Struct row : rows) {
        assertThat(reader.next().get("id")).isEqualTo(row.get("id"));
      }
      assertThat(reader.hasNext()).isFalse();
    }
  }

  private static Struct price(long id, String name) {
    return new Struct(PRICE).put("id", id).put("name", name);
  }

  private static byte[] write(Schema schema, Map<String, String> labels, Object... values) {
    ChunkWriter writer = new ChunkWriter(RowFormat.of(schema), labels);
    for (Object value : values) {
      writer.add(value);
    }
    return writer.finish().bytes();
  }

  private static ChunkReader read(byte[] chunk) {
    return new ChunkReader(chunk, new HashMap<>());
  }
}
