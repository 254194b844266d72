package swarm.runtime.build;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// Makes text of bytes that come in pieces: a character may be in two of them. Confined to one
/// thread.
final class TextStream {
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);
  private byte[] left = new byte[0];

  /// The text so far.
  String next(byte[] bytes) {
    return decode(bytes, false);
  }

  /// What no more bytes will complete.
  String rest() {
    return decode(new byte[0], true);
  }

  private String decode(byte[] bytes, boolean end) {
    ByteBuffer in = ByteBuffer.allocate(left.length + bytes.length).put(left).put(bytes).flip();
    CharBuffer out = CharBuffer.allocate(in.remaining() + 1);
    CoderResult _ = decoder.decode(in, out, end);
    left = new byte[in.remaining()];
    in.get(left);
    return out.flip().toString();
  }
}
