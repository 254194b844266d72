package swarm.network.gossip;

import java.nio.charset.StandardCharsets;

/// One member, as whoever decides on membership names it.
///
/// @param id 1 to 64 bytes of UTF-8
/// @param address IP address that its packets come from and go to
/// @param port its UDP port
/// @param publicKey what its statements are verified with, in the form that [Signatures] reads
public record Member(String id, String address, int port, String publicKey) {
  /// The longest id, in bytes of UTF-8.
  public static final int MAX_ID = 64;

  public Member {
    int length = id.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > MAX_ID) {
      throw new IllegalArgumentException(
          "a member's id has 1 to " + MAX_ID + " bytes, not " + length);
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a member's port is from 1 to 65535, not " + port);
    }
  }
}
