package swarm.network.gossip;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// A member's own signed word on which of its endpoints have ended. Only the subject can sign it,
/// so no member can say it of another's. A newer one takes the place of the older.
///
/// @param serial rises with every notice of the subject's life, so that an old one cannot be played
///   back
/// @param ended ids of endpoints, each of which is never used again
public record Notice(String subject, long serial, List<String> ended, byte[] signature) {
  /// The most bytes of ids in one, with their lengths: a notice has a packet of its own.
  static final int MAX_ENDED_BYTES = 1_100;

  /// The most ids in one.
  static final int MOST_ENDED = 255;

  public Notice {
    ended = List.copyOf(ended);
  }

  /// What is signed.
  byte[] statement() {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeUTF("swarm gossip 2");
      out.writeUTF(subject);
      out.writeLong(serial);
      out.writeInt(ended.size());
      for (String id : ended) {
        out.writeUTF(id);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  /// The first of these ids that fit into one notice; an id that no packet can hold is left out.
  static List<String> fitting(Collection<String> ids) {
    var all = new ArrayList<String>();
    int left = MAX_ENDED_BYTES;
    for (String id : ids) {
      int length = id.getBytes(StandardCharsets.UTF_8).length;
      if (length == 0 || length > Member.MAX_ID) {
        continue;
      }
      left -= 1 + length;
      if (left < 0 || all.size() == MOST_ENDED) {
        break;
      }
      all.add(id);
    }
    return all;
  }
}
