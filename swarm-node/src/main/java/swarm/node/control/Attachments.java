package swarm.node.control;

import io.grpc.Status;
import io.grpc.StatusException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import swarm.node.identity.RandomIds;
import swarm.node.rpc.Messages;
import swarm.scheduler.allocate.SubnetPlanner;
import swarm.scheduler.model.Attachment;
import swarm.scheduler.model.Network;
import swarm.scheduler.model.Version;
import swarm.scheduler.state.ClusterState;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.CommandResult;
import swarm.scheduler.state.NetworkCommands;

/// Gives nodes places on networks for their containers that are no tasks, and takes back what they
/// gave up. Any manager does; the log keeps two from giving the same address. Thread-safe.
final class Attachments {
  /// How often another address is looked for: others may take one at the same time.
  private static final int ATTEMPTS = 10;

  private static final int MOST_ALIASES = 64;
  private static final int MOST_CHARACTERS = 255;

  private final Store store;
  private final Proposer proposer;
  private final Clock clock;
  private final RandomIds ids = new RandomIds();

  Attachments(Store store, Proposer proposer, Clock clock) {
    this.store = store;
    this.proposer = proposer;
    this.clock = clock;
  }

  Messages.AttachReply attach(String nodeId, Messages.AttachRequest request)
      throws StatusException {
    if (tooLong(request.name())
        || request.aliases().size() > MOST_ALIASES
        || request.aliases().stream().anyMatch(Attachments::tooLong)) {
      return refused(
          400,
          "a container has at most %d aliases on a network, and names of %d characters"
              .formatted(MOST_ALIASES, MOST_CHARACTERS));
    }
    for (int attempt = 1; ; attempt++) {
      ClusterState state = store.state();
      Network network = find(state, request.network());
      if (network == null) {
        return refused(404, "network " + request.network() + " not found");
      }
      OptionalInt address =
          request.address() == 0
              ? SubnetPlanner.address(state, network)
              : OptionalInt.of(request.address());
      if (address.isEmpty()) {
        return refused(500, "no available IPv4 addresses on network " + network.name());
      }
      if (!network.gives(address.getAsInt())) {
        return refused(
            400,
            "Invalid address: It does not belong to any of this network's subnets: "
                + network.range());
      }
      Instant now = clock.instant();
      var attachment =
          new Attachment(
              ids.next(),
              new Version(0, now, now),
              network.id(),
              nodeId,
              request.containerId(),
              request.name(),
              request.aliases().isEmpty() ? null : List.copyOf(request.aliases()),
              address.getAsInt());
      switch (propose(new Command.AttachContainer(attachment, now))) {
        case CommandResult.Done _ -> {
          return new Messages.AttachReply(
              attachment.id(), network.id(), attachment.address(), 0, "");
        }
        case CommandResult.NotFound r -> {
          return refused(404, r.message());
        }
        case CommandResult.Refused r -> {
          return refused(
              403, "Could not attach to network " + request.network() + ": " + r.message());
        }
        case CommandResult.Conflict r -> {
          if (request.address() != 0 && NetworkCommands.TAKEN.equals(r.message())) {
            return refused(403, "Address already in use");
          }
          if (attempt == ATTEMPTS) {
            return refused(409, r.message());
          }
        }
      }
    }
  }

  private static boolean tooLong(String name) {
    return name.length() > MOST_CHARACTERS;
  }

  private static @Nullable Network find(ClusterState state, String wanted) {
    Network byId = state.networks().find(wanted);
    return byId == null ? state.networks().named(wanted) : byId;
  }

  private static Messages.AttachReply refused(int status, String why) {
    return new Messages.AttachReply("", "", 0, status, why);
  }

  /// All other places of the node's are free when this returns.
  void kept(String nodeId, Messages.AttachmentsKept kept) throws StatusException {
    List<String> gone =
        store.state().networks().attachmentsOn(nodeId).stream()
            .map(Attachment::id)
            .filter(id -> !kept.attachmentIds().contains(id))
            .toList();
    if (!gone.isEmpty()) {
      var _ = propose(new Command.DetachContainers(nodeId, gone));
    }
  }

  private CommandResult propose(Command command) throws StatusException {
    try {
      return switch (proposer.propose(command)) {
        case Outcome.Applied applied -> applied.result();
        case Outcome.NoLeader none -> throw unavailable(none.why());
        case Outcome.TooLarge large -> throw unavailable(large.why());
        case Outcome.OlderManagers older -> throw unavailable(older.why());
        case Outcome.Unknown unknown -> throw unavailable(unknown.why());
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asException();
    }
  }

  private static StatusException unavailable(String why) {
    return Status.UNAVAILABLE.withDescription(why).asException();
  }
}
