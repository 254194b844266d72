package swarm.network.gossip;

import java.util.List;

/// The content of one datagram.
///
/// @param sender the id of who says that it sent it
public record Packet(String sender, List<Message> messages, List<Update> updates) {}
