package swarm.network.gossip;

import java.util.List;

/// What one member asks or answers another, beside the updates that travel along.
public sealed interface Message {
  /// Answer me.
  ///
  /// @param nonce random: who has not seen the question cannot answer it
  record Ping(long nonce) implements Message {}

  /// Ask that member for me, and tell me with my nonce what came of it.
  record PingRequest(long nonce, String target) implements Message {}

  /// An answer to a ping, or, from a relay, that the target answered.
  record Ack(long nonce) implements Message {}

  /// From a relay: the target has not answered (yet), but I am here.
  record Nack(long nonce) implements Message {}

  /// Part of what the sender thinks of the members; the receiver sends back what is newer.
  ///
  /// @param answer whether it is sent for another digest, and asks for no further one
  record Digest(boolean answer, List<Entry> entries) implements Message {}

  record Entry(String id, long incarnation, Standing standing) {}
}
