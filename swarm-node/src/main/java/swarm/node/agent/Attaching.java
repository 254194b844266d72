package swarm.node.agent;

import io.grpc.StatusException;
import java.io.IOException;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.network.netlink.Ipv4;
import swarm.node.networks.NetworkException;
import swarm.node.overlay.Attacher;
import swarm.node.rpc.CallFailures;
import swarm.node.rpc.ClusterClient;
import swarm.node.rpc.Messages;

/// Asks managers for places on networks, one after the other until one answers: this node's own
/// first. Thread-safe.
final class Attaching implements Attacher {
  private final ClusterClient client;
  private final Supplier<Optional<String>> own;
  private final Supplier<List<String>> managers;

  Attaching(ClusterClient client, Supplier<Optional<String>> own, Supplier<List<String>> managers) {
    this.client = client;
    this.own = own;
    this.managers = managers;
  }

  /// A call to one manager.
  @FunctionalInterface
  private interface Call<T> {
    T to(String manager) throws StatusException;
  }

  @Override
  public Attached attach(Wish wish) throws NetworkException, IOException {
    var request =
        new Messages.AttachRequest(
            wish.network(),
            wish.containerId(),
            wish.name(),
            wish.aliases(),
            wish.address().map(Ipv4::toInt).orElse(0));
    Messages.AttachReply reply = ask(manager -> client.attach(manager, request));
    if (reply.attachmentId().isEmpty()) {
      throw new NetworkException(reply.status(), reply.refusal());
    }
    Inet4Address address = Ipv4.of(reply.address());
    return new Attached(reply.attachmentId(), reply.networkId(), address);
  }

  @Override
  public void keep(List<String> attachmentIds) throws IOException {
    var _ =
        ask(
            manager -> {
              client.attachmentsKept(manager, new Messages.AttachmentsKept(attachmentIds));
              return true;
            });
  }

  private <T> T ask(Call<T> call) throws IOException {
    var all = new LinkedHashSet<String>();
    own.get().ifPresent(all::add);
    all.addAll(managers.get());
    var failures = new ArrayList<String>();
    for (String manager : all) {
      try {
        return call.to(manager);
      } catch (StatusException e) {
        failures.add("manager " + manager + ": " + CallFailures.reason(e));
      }
    }
    throw new IOException(failures.isEmpty() ? "no manager is known" : String.join("; ", failures));
  }
}
