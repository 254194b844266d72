package swarm.node.rpc;

import java.time.Duration;

/// How much callers without a certificate may make a node hold. All of them together cost at most
/// [#connections] times ([#bytes], and one read of a socket's more).
///
/// @param joins calls under way, on all connections together
/// @param joinTime what one of them is given
/// @param connections open at a time, whether their TLS handshake is done or not
/// @param connectionsOfOne the same of one address: a whole /64 network of IPv6 counts as one
/// @param handshakeTime from the connection to the end of its TLS handshake
/// @param connectionTime how long a connection may last: there is one call to make on it
/// @param bytes what may come in over a connection in all, its handshake included
/// @param rates how often they may call
record StrangerLimits(
    int joins,
    Duration joinTime,
    int connections,
    int connectionsOfOne,
    Duration handshakeTime,
    Duration connectionTime,
    int bytes,
    StrangerRates.Rates rates) {
  /// A join is some 2 KiB with its handshake, and takes well below a second. Our own client waits
  /// no longer than `joinTime` for an answer.
  static final StrangerLimits USUAL =
      new StrangerLimits(
          32,
          Duration.ofSeconds(10),
          256,
          32,
          Duration.ofSeconds(5),
          Duration.ofSeconds(20),
          16 * 1024,
          StrangerRates.Rates.USUAL);
}
