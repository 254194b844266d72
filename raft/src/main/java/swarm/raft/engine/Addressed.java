package swarm.raft.engine;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// A request of ours that is not one of Ratis': which log and which member it is for. An address
/// alone does not say, because a wiped member comes back at its old address as somebody new.
record Addressed(UUID group, String member) {
  byte[] encode() {
    byte[] id = member.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 * Long.BYTES + id.length)
        .putLong(group.getMostSignificantBits())
        .putLong(group.getLeastSignificantBits())
        .put(id)
        .array();
  }

  static Addressed decode(byte[] bytes) throws IOException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      UUID group = new UUID(in.getLong(), in.getLong());
      return new Addressed(group, StandardCharsets.UTF_8.decode(in).toString());
    } catch (BufferUnderflowException e) {
      throw new IOException("A request of " + bytes.length + " bytes is too short.", e);
    }
  }

  static byte[] encodeLong(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  static long decodeLong(byte[] bytes) throws IOException {
    if (bytes.length != Long.BYTES) {
      throw new IOException("Expected a number of 8 bytes, got " + bytes.length + ".");
    }
    return ByteBuffer.wrap(bytes).getLong();
  }
}
