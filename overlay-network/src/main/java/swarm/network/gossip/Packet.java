package swarm.network.gossip;

import java.util.List;

/// The content of one datagram.
///
/// @param sender the id of who says that it sent it
/// @param notices none in a packet that members of older builds are to read
public record Packet(
    String sender, List<Message> messages, List<Update> updates, List<Notice> notices) {
  /// One that every build reads.
  Packet(String sender, List<Message> messages, List<Update> updates) {
    this(sender, messages, updates, List.of());
  }
}
