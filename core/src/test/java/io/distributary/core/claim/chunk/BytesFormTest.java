package io.distributary.core.claim.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** {@link BytesEncoder} against Avro's own encoder, and {@link BytesDecoder} against both. */
class BytesFormTest {

  @FunctionalInterface
  private interface Writing {
    void to(BinaryEncoder encoder) throws IOException;
  }

  private static byte[] avro(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    writing.to(encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  @Property
  void valuesStandAsAvroWritesThem(
      @ForAll int number,
      @ForAll long large,
      @ForAll float single,
      @ForAll double real,
      @ForAll boolean flag,
      @ForAll String text,
      @ForAll byte[] content)
      throws IOException {
    BytesEncoder out = new BytesEncoder(0);
    out.writeLong(number);
    out.writeLong(large);
    out.writeFloat(single);
    out.writeDouble(real);
    out.writeBoolean(flag);
    out.writePresence(flag);
    out.writeString(text);
    out.writeBytes(content);
    out.writeBytes(ByteBuffer.wrap(content));
    assertThat(out.toByteArray())
        .isEqualTo(
            avro(
                encoder -> {
                  encoder.writeInt(number);
                  encoder.writeLong(large);
                  encoder.writeFloat(single);
                  encoder.writeDouble(real);
                  encoder.writeBoolean(flag);
                  encoder.writeIndex(flag ? 1 : 0);
                  encoder.writeString(text);
                  encoder.writeBytes(content);
                  encoder.writeBytes(content);
                }));

    BytesDecoder in = new BytesDecoder(out.array(), out.size());
    assertThat(in.readInt()).isEqualTo(number);
    assertThat(in.readLong()).isEqualTo(large);
    assertThat(in.readFloat()).isEqualTo(single);
    assertThat(in.readDouble()).isEqualTo(real);
    assertThat(in.readBoolean()).isEqualTo(flag);
    assertThat(in.readPresence()).isEqualTo(flag);
    assertThat(in.readString())
        .isEqualTo(new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    assertThat(in.readBytes()).isEqualTo(content);
    assertThat(in.isEnd()).isFalse();
    assertThat(in.readBytes()).isEqualTo(content);
    assertThat(in.isEnd()).isTrue();
  }

  @Property
  void aWholeNumberStandsInTheFewestBytes(@ForAll BigInteger any, @ForAll long small) {
    for (BigInteger number :
        List.of(
            any,
            BigInteger.valueOf(small),
            BigInteger.valueOf(Long.MIN_VALUE),
            BigInteger.valueOf(Long.MAX_VALUE),
            BigInteger.valueOf(Long.MAX_VALUE).add(BigInteger.ONE),
            BigInteger.valueOf(small >> 56),
            BigInteger.valueOf(small >> 48),
            BigInteger.ZERO)) {
      BytesEncoder out = new BytesEncoder(0);
      out.writeBytes(number.toByteArray());
      boolean isLong = number.bitLength() < Long.SIZE;
      BytesDecoder in = new BytesDecoder(out.toByteArray());
      assertThat(in.isLong()).isEqualTo(isLong);
      if (isLong) {
        assertThat(in.readBigEndian()).isEqualTo(number.longValue());
        BytesEncoder direct = new BytesEncoder(0);
        direct.writeBigEndian(number.longValue());
        assertThat(direct.toByteArray()).isEqualTo(out.toByteArray());
      } else {
        assertThat(in.readBigInteger()).isEqualTo(number);
      }
      assertThat(in.isEnd()).isTrue();
    }
  }

  @Test
  void itemsOfAvrosBlockingEncoderAreReadToo() {
    BytesEncoder out = new BytesEncoder(0);
    out.writeLong(-2); // two items, whose length in bytes follows
    out.writeLong(2);
    out.writeLong(7);
    out.writeLong(8);
    out.endItems();
    BytesDecoder in = new BytesDecoder(out.toByteArray());
    assertThat(in.readItems()).isEqualTo(2);
    assertThat(in.readLong()).isEqualTo(7);
    assertThat(in.readLong()).isEqualTo(8);
    assertThat(in.readItems()).isZero();
    assertThat(in.isEnd()).isTrue();
  }

  @Test
  void aLengthThatLeavesTheBytesIsRefused() {
    BytesEncoder out = new BytesEncoder(64);
    out.writeLong(10);
    out.writeFixed("short".getBytes(StandardCharsets.US_ASCII), 0, 5);
    // The array is longer than what counts of it.
    BytesDecoder in = new BytesDecoder(out.array(), out.size());
    assertThatThrownBy(in::readString).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
