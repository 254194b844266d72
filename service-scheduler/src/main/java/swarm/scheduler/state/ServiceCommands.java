package swarm.scheduler.state;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import swarm.scheduler.model.PortConfig;
import swarm.scheduler.model.Service;
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
    Optional<CommandResult> taken = portTaken(s, c.serviceId(), c.spec());
    if (taken.isPresent()) {
      return taken.get();
    }
    s.put(
        new Service(
            c.serviceId(),
            new Version(s.index(), c.at(), c.at()),
            c.spec(),
            null,
            s.index(),
            List.of(),
            c.spec().ports().isEmpty(),
            null));
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
                + service.spec().nameOrEmpty()
                + " does not have a previous spec");
      }
      spec = previous;
    }
    if (!service.spec().nameOrEmpty().equals(spec.nameOrEmpty())) {
      return new CommandResult.Refused(
          "rpc error: code = Unimplemented desc = renaming services is not supported");
    }
    if (service.spec().global() != spec.global()) {
      return new CommandResult.Refused(
          "rpc error: code = Unimplemented desc = service mode change is not allowed");
    }
    Optional<CommandResult> taken = portTaken(s, c.serviceId(), spec);
    if (taken.isPresent()) {
      return taken.get();
    }
    boolean templateChanged = !spec.template().equals(service.spec().template());
    boolean portsChanged = !spec.ports().equals(service.spec().ports());
    s.put(
        new Service(
            service.id(),
            service.version().next(s.index(), c.at()),
            spec,
            service.spec(),
            templateChanged ? s.index() : service.specVersion(),
            portsChanged ? List.of() : service.ports(),
            portsChanged ? spec.ports().isEmpty() : service.portsAllocated(),
            templateChanged
                ? new Service.UpdateStatus(
                    c.rollback()
                        ? Service.UpdateState.ROLLBACK_STARTED
                        : Service.UpdateState.UPDATING,
                    c.at(),
                    null,
                    c.rollback() ? "rollback in progress" : "update in progress")
                : service.update()));
    return CommandApplier.DONE;
  }

  static CommandResult setPorts(StateBuilder s, Command.SetServicePorts c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    for (PortConfig port : c.ports()) {
      if (port.ingress()) {
        Optional<Service> owner = ownerOf(s, service.id(), port);
        if (owner.isPresent()) {
          return portTaken(port, owner.get());
        }
      }
    }
    // The version stays: a client that read the service before its ports were chosen may still
    // update it.
    s.put(service.withPorts(service.version(), c.ports()));
    return CommandApplier.DONE;
  }

  static CommandResult setUpdateStatus(StateBuilder s, Command.SetUpdateStatus c) {
    Service service = s.service(c.serviceId());
    if (service == null) {
      return noService(c.serviceId());
    }
    if (service.specVersion() != c.specVersion()) {
      return new CommandResult.Conflict("the service was updated meanwhile");
    }
    s.put(service.withUpdate(service.version(), c.status()));
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
      if (port.ingress() && port.publishedOrZero() != 0) {
        Optional<Service> owner = ownerOf(s, id, port);
        if (owner.isPresent()) {
          return Optional.of(portTaken(port, owner.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static CommandResult portTaken(PortConfig port, Service owner) {
    return new CommandResult.Refused(
        "rpc error: code = InvalidArgument desc = port '"
            + port.publishedOrZero()
            + "' is already in use by service '"
            + owner.spec().nameOrEmpty()
            + "' ("
            + owner.id()
            + ") as an ingress port");
  }

  private static Optional<Service> ownerOf(StateBuilder s, String exceptId, PortConfig port) {
    for (Service other : s.allServices()) {
      if (other.id().equals(exceptId)) {
        continue;
      }
      List<PortConfig> theirs = other.ports().isEmpty() ? other.spec().ports() : other.ports();
      for (PortConfig taken : theirs) {
        if (taken.ingress()
            && taken.publishedOrZero() == port.publishedOrZero()
            && Objects.equals(taken.protocolOrTcp(), port.protocolOrTcp())) {
          return Optional.of(other);
        }
      }
    }
    return Optional.empty();
  }

  private static CommandResult nameTaken(String name) {
    return new CommandResult.Conflict(
        "rpc error: code = AlreadyExists desc = name conflicts with an existing object: service "
            + name
            + " already exists");
  }

  private static CommandResult noService(String id) {
    return new CommandResult.NotFound("service " + id + " not found");
  }
}
