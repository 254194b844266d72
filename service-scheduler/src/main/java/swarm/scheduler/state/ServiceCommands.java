package swarm.scheduler.state;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.PublishedPorts;
import swarm.scheduler.model.Service;
import swarm.scheduler.model.ServiceAdditions;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.TaskState;
import swarm.scheduler.model.Version;

/// Commands on services.
final class ServiceCommands {
  private ServiceCommands() {}

  static CommandResult create(StateBuilder s, Command.CreateService c) {
    String name = c.spec().nameOrEmpty();
    if (s.cluster() == null) {
      return new CommandResult.Refused("there is no cluster yet");
    }
    if (s.serviceNamed(name) != null || s.service(c.serviceId()) != null) {
      return nameTaken(name);
    }
    Optional<CommandResult> taken =
        portTaken(s, c.serviceId(), c.spec())
            .or(() -> PayloadCommands.missing(s, c.spec()))
            .or(() -> IngressCommands.missing(s, c.spec()))
            .or(() -> NetworkCommands.missing(s, c.spec()));
    if (taken.isPresent()) {
      return taken.get();
    }
    s.put(
        new Service(
            c.serviceId(),
            new Version(s.index(), c.at(), c.at()),
            c.spec(),
            null,
            0,
            s.index(),
            known(c.spec(), List.of()),
            c.spec().ports().stream().allMatch(PublishedPorts::settled),
            null,
            c.spec().job() ? JobCommands.first(c) : null,
            null,
            null,
            c.auth()));
    return CommandApplier.DONE;
  }

  static CommandResult update(StateBuilder s, Command.UpdateService c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    if (service.version().index() != c.version()) {
      return CommandApplier.outOfSequence();
    }
    ServiceSpec spec = c.spec();
    if (c.rollback()) {
      ServiceSpec previous = service.previousSpec();
      if (previous == null) {
        return new CommandResult.Refused(
            "rpc error: code = FailedPrecondition desc = service "
                + service.id()
                + " does not have a previous spec");
      }
      spec = previous;
    }
    if (!service.spec().nameOrEmpty().equals(spec.nameOrEmpty())) {
      return new CommandResult.Refused(
          "rpc error: code = Unimplemented desc = renaming services is not supported");
    }
    if (!service.spec().modeName().equals(spec.modeName())) {
      return new CommandResult.Refused(
          "rpc error: code = Unimplemented desc = service mode change is not allowed");
    }
    Optional<CommandResult> refused = portTaken(s, c.serviceId(), spec);
    if (refused.isEmpty()) {
      refused = PayloadCommands.missing(s, spec); // of a way back, too: its tasks could not start
    }
    if (refused.isEmpty()) {
      refused = NetworkCommands.missing(s, spec);
    }
    if (refused.isEmpty()) {
      refused = IngressCommands.missing(s, spec);
    }
    if (refused.isPresent()) {
      return refused.get();
    }
    boolean back = c.rollback();
    boolean tasksChange = tasksDiffer(service.spec(), spec);
    long specVersion = service.specVersion();
    if (spec.job() && JobCommands.runsAgain(service, spec)) {
      specVersion = s.index();
    } else if (tasksChange) {
      specVersion = back ? service.previousSpecVersion() : s.index();
    }
    List<PortConfig> ports = known(spec, service.ports());
    boolean keeps = keepsPrevious(service, c);
    s.put(
        new Service(
            service.id(),
            service.version().next(s.index(), c.at()),
            spec,
            keeps ? service.previousSpec() : service.spec(),
            keeps ? service.previousSpecVersion() : service.specVersion(),
            specVersion,
            ports,
            ports.size() == spec.ports().size(),
            spec.job() ? null : nextUpdate(s, service, tasksChange, c),
            spec.job() ? JobCommands.next(service, spec, c.at()) : null,
            service.rebalance(),
            NetworkCommands.kept(service.virtualIpsOrNone(), spec),
            c.auth() == null ? service.auth() : c.auth()));
    return CommandApplier.DONE;
  }

  /// Whether the spec to go back to stays the one that it is: what the service asks for now has not
  /// got past its first part, so that nobody ever approved of it.
  private static boolean keepsPrevious(Service service, Command.UpdateService c) {
    Service.UpdateStatus now = service.update();
    if (!Boolean.TRUE.equals(c.keepsPrevious()) || c.rollback() || now == null) {
      return false;
    }
    boolean begun =
        now.state() == Service.UpdateState.UPDATING || now.state() == Service.UpdateState.PAUSED;
    return begun
        && !Boolean.TRUE.equals(now.promoted())
        && service.previousSpec() != null
        && ServiceAdditions.of(service.spec()).canary() != null;
  }

  /// The ports of a spec whose numbers are known.
  private static List<PortConfig> known(ServiceSpec spec, List<PortConfig> held) {
    return PublishedPorts.carry(spec.ports(), held).stream()
        .filter(PublishedPorts::settled)
        .toList();
  }

  /// Whether a task of one spec cannot do for the other: another template, other ports on its host,
  /// or no address on the ingress network where it now needs one.
  private static boolean tasksDiffer(ServiceSpec a, ServiceSpec b) {
    return !a.template().equals(b.template())
        || !hostPorts(a).equals(hostPorts(b))
        || ingress(a) != ingress(b);
  }

  private static List<PortConfig> hostPorts(ServiceSpec spec) {
    return spec.ports().stream().filter(p -> !p.ingress()).toList();
  }

  private static boolean ingress(ServiceSpec spec) {
    return spec.ports().stream().anyMatch(PortConfig::ingress);
  }

  /// What a new spec means for the update: one begins where tasks must change; one that paused goes
  /// on with any new word from the user (as Docker documents it); another is not touched. A way
  /// back is one also where it changes no task: else a failed update would ask for it again and
  /// again.
  private static Service.@Nullable UpdateStatus nextUpdate(
      StateBuilder s, Service service, boolean tasksChange, Command.UpdateService c) {
    Service.UpdateStatus now = service.update();
    boolean paused = now != null && now.state().paused();
    if (!tasksChange && !paused && !c.rollback()) {
      return now;
    }
    boolean back =
        c.rollback()
            ? !forwardAgain(service, c)
            : !tasksChange && now != null && now.state().rollback();
    return new Service.UpdateStatus(
        back ? Service.UpdateState.ROLLBACK_STARTED : Service.UpdateState.UPDATING,
        c.at(),
        null,
        back ? "rollback in progress" : "update in progress",
        s.index());
  }

  /// Whether a way back leads to what the last one came from. That is an update: where it is to
  /// prove itself in a first part, it still is.
  private static boolean forwardAgain(Service service, Command.UpdateService c) {
    Service.UpdateStatus now = service.update();
    ServiceSpec next = service.previousSpec();
    return Boolean.TRUE.equals(c.keepsPrevious())
        && now != null
        && now.state().rollback()
        && next != null
        && ServiceAdditions.of(next).canary() != null;
  }

  static CommandResult setPorts(StateBuilder s, Command.SetServicePorts c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    if (!answers(service, c.ports())) {
      return new CommandResult.Conflict("the service asks for other ports by now");
    }
    for (PortConfig port : c.ports()) {
      Optional<CommandResult> taken = portTaken(s, service.id(), port);
      if (taken.isPresent()) {
        return taken.get();
      }
    }
    // The version stays: a client that read the service before its ports were chosen may still
    // update it.
    s.put(service.withPorts(service.version(), c.ports()));
    return CommandApplier.DONE;
  }

  /// Whether chosen ports are those that the service asks for: they were chosen from an older view.
  private static boolean answers(Service service, List<PortConfig> chosen) {
    List<PortConfig> asked = PublishedPorts.carry(service.spec().ports(), service.ports());
    if (asked.size() != chosen.size()) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      PortConfig port = asked.get(i);
      int number = (PublishedPorts.settled(port) ? port : chosen.get(i)).publishedOrZero();
      if (!PublishedPorts.settled(chosen.get(i)) || !port.resolved(number).equals(chosen.get(i))) {
        return false;
      }
    }
    return true;
  }

  static CommandResult setUpdateStatus(StateBuilder s, Command.SetUpdateStatus c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    Service.UpdateStatus now = service.update();
    if (service.specVersion() != c.specVersion()
        || now == null
        || now.index() != c.status().index()) {
      return new CommandResult.Conflict("the service was updated meanwhile");
    }
    s.put(service.withUpdate(service.version(), c.status()));
    return CommandApplier.DONE;
  }

  static CommandResult promote(StateBuilder s, Command.PromoteService c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    Service.UpdateStatus update = service.update();
    if (update == null
        || update.state() != Service.UpdateState.UPDATING
        || !Boolean.FALSE.equals(update.promoted())) {
      return new CommandResult.Refused(
          "rpc error: code = FailedPrecondition desc = service "
              + service.spec().nameOrEmpty()
              + " has no update that waits after its first part (label swarm.canary)");
    }
    s.put(service.withUpdate(service.version(), update.promoted(true, "update in progress")));
    return CommandApplier.DONE;
  }

  static CommandResult rebalance(StateBuilder s, Command.RebalanceService c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    if (service.spec().global() || service.spec().job()) {
      return new CommandResult.Refused(
          "rpc error: code = InvalidArgument desc = only replicated services can be rebalanced;"
              + " the mode of "
              + service.spec().nameOrEmpty()
              + " is "
              + service.spec().modeName());
    }
    s.put(service.withRebalance(c.at()));
    return CommandApplier.DONE;
  }

  static CommandResult endRebalance(StateBuilder s, Command.EndRebalance c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    if (!c.since().equals(service.rebalance())) {
      return new CommandResult.Conflict("it was asked for again meanwhile");
    }
    s.put(service.withRebalance(null));
    return CommandApplier.DONE;
  }

  static CommandResult remove(StateBuilder s, Command.RemoveService c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    s.removeService(service);
    for (Task task : s.tasksOfService(c.serviceId())) {
      TaskCommands.desireTask(s, task.id(), TaskState.REMOVE, c.at());
    }
    return CommandApplier.DONE;
  }

  private static Optional<CommandResult> portTaken(StateBuilder s, String id, ServiceSpec spec) {
    for (PortConfig port : spec.ports()) {
      Optional<CommandResult> taken = portTaken(s, id, port);
      if (taken.isPresent()) {
        return taken;
      }
    }
    return Optional.empty();
  }

  /// A port on the routing mesh is every host's: nobody else publishes it on any. Those on hosts
  /// alone may have the same number: the scheduler keeps their tasks apart.
  private static Optional<CommandResult> portTaken(StateBuilder s, String id, PortConfig port) {
    if (port.publishedOrZero() == 0) {
      return Optional.empty();
    }
    if (ReservedPorts.of(s.cluster(), s.allNodes()).contains(ReservedPorts.key(port))
        && !holds(s, id, port)) {
      return Optional.of(reserved(port));
    }
    for (Service other : s.publishing()) {
      if (other.id().equals(id)) {
        continue;
      }
      for (PortConfig taken : other.ports()) {
        if ((taken.ingress() || port.ingress())
            && taken.publishedOrZero() == port.publishedOrZero()
            && Objects.equals(taken.protocolOrTcp(), port.protocolOrTcp())) {
          return Optional.of(portTaken(taken, other));
        }
      }
    }
    return Optional.empty();
  }

  /// A service that had the port before a manager came that listens there can still be scaled.
  private static boolean holds(StateBuilder s, String id, PortConfig port) {
    @Nullable Service service = s.service(id);
    return service != null
        && service.ports().stream()
            .anyMatch(held -> ReservedPorts.key(held).equals(ReservedPorts.key(port)));
  }

  private static CommandResult reserved(PortConfig port) {
    return new CommandResult.Refused(
        "rpc error: code = InvalidArgument desc = port '"
            + port.publishedOrZero()
            + "/"
            + port.protocolOrTcp()
            + "' is already in use by the swarm itself, which its nodes speak to each other at;"
            + " publish another one");
  }

  private static CommandResult portTaken(PortConfig port, Service owner) {
    return new CommandResult.Refused(
        "rpc error: code = InvalidArgument desc = port '"
            + port.publishedOrZero()
            + "' is already in use by service '"
            + owner.spec().nameOrEmpty()
            + "' ("
            + owner.id()
            + ") as "
            + (port.ingress() ? "an ingress port" : "a host-published port"));
  }

  private static CommandResult nameTaken(String name) {
    return new CommandResult.Conflict(
        "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service "
            + name
            + " already exists");
  }

  static CommandResult noService(String id) {
    return new CommandResult.NotFound("service " + id + " not found");
  }
}
