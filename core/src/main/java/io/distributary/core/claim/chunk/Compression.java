package io.distributary.core.claim.chunk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;

/**
 * Compresses by zstd, with checksums. Each thread keeps what zstd needs, and a buffer for each
 * direction: to make them anew for blocks of a hundred kilobytes takes a sixth of the time. They
 * are freed when the thread has ended.
 *
 * <p>Used by the thread that asked for it.
 */
final class Compression {
  /** Fast, and within a few percent of the size that slower levels reach on rows. */
  private static final int LEVEL = 1;

  /** Buffers for blocks larger than most, as of a single very large row, are not kept. */
  private static final int KEPT_BYTES = 1024 * 1024;

  private static final Cleaner CLEANER = Cleaner.create();
  private static final ThreadLocal<Compression> OF_THREAD =
      ThreadLocal.withInitial(Compression::new);

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private byte[] compressed = {};
  private byte[] content = {};

  private Compression() {
    compressor.setLevel(LEVEL).setChecksum(true);
    CLEANER.register(this, closing(compressor, decompressor));
  }

  private static Runnable closing(ZstdCompressCtx compressor, ZstdDecompressCtx decompressor) {
    return () -> {
      compressor.close();
      decompressor.close();
    };
  }

  /** The thread's own. */
  static Compression ofThread() {
    return OF_THREAD.get();
  }

  /** The compressed form of an array's first bytes, until the thread compresses anything else. */
  ByteBuffer compressed(byte[] bytes, int length) {
    int bound = Math.toIntExact(Zstd.compressBound(length));
    byte[] to = compressed.length < bound ? new byte[bound] : compressed;
    if (bound <= KEPT_BYTES) {
      compressed = to;
    }
    return ByteBuffer.wrap(to, 0, compressor.compressByteArray(to, 0, to.length, bytes, 0, length));
  }

  /**
   * What was compressed, until the thread decompresses anything else.
   *
   * @throws IOException when it is damaged
   */
  BytesDecoder decompressed(byte[] bytes, int start, int length) throws IOException {
    int size = Math.toIntExact(Zstd.getFrameContentSize(bytes, start, length));
    if (size < 0) {
      throw new IOException("a block is not compressed by zstd");
    }
    byte[] to = content.length < size ? new byte[size] : content;
    if (size <= KEPT_BYTES) {
      content = to;
    }
    try {
      return new BytesDecoder(
          to, decompressor.decompressByteArray(to, 0, to.length, bytes, start, length));
    } catch (ZstdException e) {
      throw new IOException("zstd says: " + e.getMessage(), e);
    }
  }
}
