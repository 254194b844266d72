package swarm.node.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A message of Raft's on the wire: the length of its kind in a byte, the kind in ASCII, the bytes.
/// In a stream, a number that its answer bears comes before it. No CBOR: nothing is sent as often.
///
/// @param kind a short name, at most 127 characters
record RaftFrame(String kind, byte[] body) {

  /// The number of a stream's message, in bytes.
  static final int ID_BYTES = Long.BYTES;

  byte[] encode() {
    byte[] bytes = new byte[1 + kind.length() + body.length];
    put(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /// As a stream has it.
  byte[] encode(long id) {
    byte[] bytes = new byte[ID_BYTES + 1 + kind.length() + body.length];
    put(ByteBuffer.wrap(bytes).putLong(id));
    return bytes;
  }

  private void put(ByteBuffer into) {
    byte[] name = kind.getBytes(StandardCharsets.US_ASCII);
    into.put((byte) name.length).put(name).put(body);
  }

  /// Reads what is left of `from`; empty where it is shorter than its own kind.
  static Optional<RaftFrame> decode(ByteBuffer from) {
    int length = from.hasRemaining() ? from.get() : -1;
    if (length < 0 || length > from.remaining()) {
      return Optional.empty();
    }
    byte[] name = new byte[length];
    byte[] body = new byte[from.remaining() - length];
    from.get(name).get(body);
    return Optional.of(new RaftFrame(new String(name, StandardCharsets.US_ASCII), body));
  }

  /// An answer in a stream.
  ///
  /// @param failed whether the bytes are the reason why there is none (UTF-8)
  record Answer(long id, boolean failed, byte[] body) {
    byte[] encode() {
      byte[] bytes = new byte[ID_BYTES + 1 + body.length];
      ByteBuffer.wrap(bytes).putLong(id).put((byte) (failed ? 1 : 0)).put(body);
      return bytes;
    }

    /// Empty where it is too short for an answer.
    static Optional<Answer> decode(byte[] bytes) {
      if (bytes.length < ID_BYTES + 1) {
        return Optional.empty();
      }
      var from = ByteBuffer.wrap(bytes);
      long id = from.getLong();
      boolean failed = from.get() != 0;
      byte[] body = new byte[from.remaining()];
      from.get(body);
      return Optional.of(new Answer(id, failed, body));
    }
  }
}
