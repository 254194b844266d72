package swarm.chaos.contract;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Docker's multiplexed stream: before each part a byte for the stream, three zeros and the length.
final class Frames {
  private Frames() {}

  /// The parts as `STREAM:TEXT`.
  static List<String> of(byte[] body) {
    var all = new ArrayList<String>();
    ByteBuffer in = ByteBuffer.wrap(body);
    while (in.hasRemaining()) {
      int stream = in.getInt() >>> 24;
      byte[] part = new byte[in.getInt()];
      in.get(part);
      all.add(stream + ":" + new String(part, StandardCharsets.UTF_8));
    }
    return all;
  }
}
