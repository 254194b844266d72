package swarm.node.rpc;

import io.netty.handler.ssl.SslContext;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import swarm.node.identity.CertificateAuthority;
import swarm.node.identity.ClusterTls;
import swarm.node.identity.JoinToken;
import swarm.node.identity.LiveIdentity;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.Role;
import swarm.node.testing.Certificates;
import swarm.scheduler.model.Wire;

/// A manager's cluster port with limits of the test's choosing, and those who call it.
final class ClusterPort implements Closeable {
  private static final String SECRET = "0".repeat(25);

  /// So many calls that no test reaches it.
  static final StrangerRates.Rates ANY =
      new StrangerRates.Rates(
          new TokenBucket.Rate(1_000_000, Duration.ofNanos(1)),
          new TokenBucket.Rate(1_000_000, Duration.ofNanos(1)),
          new TokenBucket.Rate(1_000_000, Duration.ofNanos(1)),
          100);

  final EventLoops loops = new EventLoops();
  final Recorder handler = new Recorder();
  final NodeIdentity manager;
  final SslContext stranger;
  final ClusterServer server;
  private final List<Closeable> callers = new ArrayList<>();

  ClusterPort(StrangerLimits limits) throws Exception {
    var ca = CertificateAuthority.create(Instant.now());
    manager = Certificates.node(ca, "MANAGER", Role.MANAGER, Instant.now());
    stranger = ClusterTls.joining(JoinToken.of(ca.certificate(), SECRET));
    server =
        new ClusterServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new LiveIdentity(manager),
            loops,
            handler,
            limits,
            ExpiringConnections.USUAL);
  }

  /// The usual limits with other ones for calls.
  static StrangerLimits calls(int joins, Duration joinTime) {
    StrangerLimits usual = StrangerLimits.USUAL;
    return new StrangerLimits(
        joins,
        joinTime,
        usual.connections(),
        usual.connectionsOfOne(),
        usual.handshakeTime(),
        usual.connectionTime(),
        usual.bytes(),
        ANY);
  }

  /// The usual limits with other ones for how often.
  static StrangerLimits rates(StrangerRates.Rates rates) {
    StrangerLimits usual = StrangerLimits.USUAL;
    return new StrangerLimits(
        usual.joins(),
        usual.joinTime(),
        usual.connections(),
        usual.connectionsOfOne(),
        usual.handshakeTime(),
        usual.connectionTime(),
        usual.bytes(),
        rates);
  }

  /// The usual limits with other ones for connections.
  static StrangerLimits connections(
      int connections, int ofOne, Duration handshakeTime, Duration connectionTime) {
    StrangerLimits usual = StrangerLimits.USUAL;
    return new StrangerLimits(
        usual.joins(),
        usual.joinTime(),
        connections,
        ofOne,
        handshakeTime,
        connectionTime,
        usual.bytes(),
        ANY);
  }

  static byte[] join() throws Exception {
    return Wire.CBOR.writeValueAsBytes(new Messages.JoinRequest(new byte[] {1}, SECRET, "a"));
  }

  int port() {
    return server.port();
  }

  /// A stranger that speaks gRPC.
  Caller caller() {
    return keep(new Caller(stranger, port(), loops));
  }

  /// A member of the cluster.
  Caller member() throws Exception {
    return keep(new Caller(ClusterTls.client(manager), port(), loops));
  }

  /// A stranger whose handshake is done.
  Attacker attacker() throws Exception {
    return attacker("127.0.0.1");
  }

  Attacker attacker(String from) throws Exception {
    return keep(Attacker.connect(stranger, from, port(), loops));
  }

  <C extends Closeable> C keep(C each) {
    callers.add(each);
    return each;
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : callers.reversed()) {
      each.close();
    }
    server.close();
    loops.close();
  }
}
