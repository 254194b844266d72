package swarm.scheduler.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.PayloadKind;
import swarm.scheduler.model.PayloadReference;
import swarm.scheduler.model.PayloadSpec;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Version;

/// Commands on secrets and configs, refused in swarmkit's words.
public final class PayloadCommands {
  private static final String INVALID = "rpc error: code = InvalidArgument desc = ";

  private PayloadCommands() {}

  static CommandResult create(StateBuilder s, Command.CreatePayload c) {
    if (s.cluster() == null) {
      return new CommandResult.Refused("there is no cluster yet");
    }
    String name = c.spec().nameOrEmpty();
    Payloads known = s.payloads(c.kind());
    if (known.named(name) != null || known.find(c.payloadId()) != null) {
      return new CommandResult.Conflict(
          "rpc error: code = AlreadyExists desc = "
              + c.kind().word()
              + " "
              + name
              + " already exists");
    }
    s.put(new Payload(c.kind(), c.payloadId(), new Version(s.index(), c.at(), c.at()), c.spec()));
    return CommandApplier.DONE;
  }

  static CommandResult update(StateBuilder s, Command.UpdatePayload c) {
    Payload payload = s.payloads(c.kind()).find(c.payloadId());
    if (payload == null) {
      return missing(c.kind(), c.payloadId());
    }
    if (!onlyLabels(payload.spec(), c.spec())) {
      return new CommandResult.Refused(INVALID + "only updates to Labels are allowed");
    }
    if (payload.version().index() != c.version()) {
      return CommandApplier.outOfSequence();
    }
    s.put(
        new Payload(
            payload.kind(),
            payload.id(),
            payload.version().next(s.index(), c.at()),
            payload.spec().withLabels(c.spec().labels())));
    return CommandApplier.DONE;
  }

  /// Docker's clients post back what they were shown, which for a secret has no data.
  private static boolean onlyLabels(PayloadSpec known, PayloadSpec next) {
    return known.nameOrEmpty().equals(next.nameOrEmpty())
        && (next.data() == null || Objects.equals(known.data(), next.data()));
  }

  static CommandResult remove(StateBuilder s, Command.RemovePayload c) {
    Payload payload = s.payloads(c.kind()).find(c.payloadId());
    if (payload == null) {
      return missing(c.kind(), c.payloadId());
    }
    List<String> users = new ArrayList<>();
    for (String id : s.payloads(c.kind()).usersOf(payload.id())) {
      Service service = s.service(id);
      users.add(service == null ? id : service.spec().nameOrEmpty());
    }
    if (!users.isEmpty()) {
      return new CommandResult.Refused(
          INVALID
              + c.kind().word()
              + " '"
              + payload.spec().nameOrEmpty()
              + "' is in use by the following "
              + (users.size() == 1 ? "service" : "services")
              + ": "
              + String.join(", ", users));
    }
    s.removePayload(payload);
    return CommandApplier.DONE;
  }

  private static CommandResult missing(PayloadKind kind, String id) {
    return new CommandResult.NotFound(
        "rpc error: code = NotFound desc = " + kind.word() + " " + id + " not found");
  }

  /// Why a spec cannot be taken: it names what does not exist, or under another name.
  static Optional<CommandResult> missing(StateBuilder s, ServiceSpec spec) {
    return missing(s.payloads(PayloadKind.SECRET), s.payloads(PayloadKind.CONFIG), spec)
        .map(what -> new CommandResult.Refused(INVALID + what));
  }

  /// What of a spec's secrets and configs does not exist, such as `secret not found: db`; empty
  /// where all is there.
  private static Optional<String> missing(Payloads secrets, Payloads configs, ServiceSpec spec) {
    List<PayloadReference> asked = spec.template().payloads();
    return missing(PayloadKind.SECRET, secrets, asked)
        .or(() -> missing(PayloadKind.CONFIG, configs, asked));
  }

  private static Optional<String> missing(
      PayloadKind kind, Payloads known, List<PayloadReference> asked) {
    List<String> absent =
        asked.stream()
            .filter(each -> each.kind() == kind && !is(known.find(each.id()), each))
            .map(PayloadReference::name)
            .toList();
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            kind.word()
                + (absent.size() == 1 ? "" : "s")
                + " not found: "
                + String.join(", ", absent));
  }

  private static boolean is(@Nullable Payload payload, PayloadReference reference) {
    return payload != null && payload.spec().nameOrEmpty().equals(reference.name());
  }
}
