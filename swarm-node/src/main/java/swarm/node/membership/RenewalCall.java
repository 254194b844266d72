package swarm.node.membership;

import io.grpc.StatusException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.node.control.Manager;
import swarm.node.identity.NodeIdentity;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.EventLoops;
import swarm.node.rpc.Messages;

/// Asks for another certificate: this node's own manager where it has one, else the managers that
/// are known, one after the other in an order of chance. Where the present certificate is over, as
/// a stranger with a proof.
final class RenewalCall implements Renewer.Source {
  /// Clocks differ: from here on a manager may think that the certificate is over.
  private static final Duration DOUBTFUL = Duration.ofMinutes(10);

  private final Supplier<Optional<Manager>> own;
  private final Supplier<List<String>> managers;
  private final ClusterClient client;
  private final EventLoops loops;
  private final Clock clock;

  RenewalCall(
      Supplier<Optional<Manager>> own,
      Supplier<List<String>> managers,
      ClusterClient client,
      EventLoops loops,
      Clock clock) {
    this.own = own;
    this.managers = managers;
    this.client = client;
    this.loops = loops;
    this.clock = clock;
  }

  @Override
  public Messages.JoinReply renew(NodeIdentity now, byte[] request)
      throws IOException, InterruptedException {
    boolean expired = now.expired(clock.instant());
    var failures = new ArrayList<String>();
    Optional<Manager> here = own.get();
    if (here.isPresent()) {
      try {
        return here.get().renewSelf(now.self(), request, expired);
      } catch (StatusException e) {
        failures.add("this manager: " + CallFailures.reason(e));
      }
    }
    var all = new ArrayList<>(managers.get());
    Collections.shuffle(all);
    for (String manager : all) {
      if (!expired) {
        try {
          return client.renew(manager, request);
        } catch (StatusException e) {
          failures.add("manager " + manager + ": " + CallFailures.reason(e));
        }
      }
      if (now.expired(clock.instant().plus(DOUBTFUL))) {
        try {
          return ClusterClient.renewExpired(manager, now, request, loops);
        } catch (StatusException e) {
          failures.add("manager " + manager + ": " + CallFailures.reason(e));
        }
      }
    }
    throw new IOException(failures.isEmpty() ? "no manager is known" : String.join("; ", failures));
  }
}
