package swarm.runtime.container;

import java.nio.file.Files;
import java.nio.file.Path;
import swarm.runtime.oci.SpecRequest.Namespace;

/// Finds the namespaces of other containers that one is to share. Who lends them must run.
final class JoinedNamespaces {
  private static final String PREFIX = "container:";

  private final EngineContext context;

  JoinedNamespaces(EngineContext context) {
    this.context = context;
  }

  /// Whether a mode names another container.
  static boolean joins(String mode) {
    return mode.startsWith(PREFIX);
  }

  /// The container that a mode names.
  Container lender(String mode) throws EngineException {
    return context.registry().find(mode.substring(PREFIX.length())).view();
  }

  /// The network that is joined.
  Namespace network(String mode) throws EngineException {
    Container lender;
    try {
      lender = lender(mode);
    } catch (EngineException e) {
      throw EngineException.conflict("joining network namespace of container: " + e.getMessage());
    }
    if (!lender.state().isLive()) {
      throw EngineException.conflict(
          "cannot join network of a non running container: " + lender.id());
    }
    return joined(lender, "net");
  }

  /// The processes' namespace: own, the host's or another container's.
  Namespace pid(String mode) throws EngineException {
    return chosen(mode, "pid", "PID");
  }

  /// Likewise that of shared memory and message queues.
  Namespace ipc(String mode) throws EngineException {
    if (joins(mode)) {
      var _ = sharedMemory(mode);
    }
    return chosen(mode, "ipc", "IPC");
  }

  /// Where the lender's `/dev/shm` is on the host.
  Path sharedMemory(String mode) throws EngineException {
    Container lender = running(mode, "IPC");
    Path shared = context.paths().sharedMemory(lender.id());
    if (!Files.isDirectory(shared)) {
      throw EngineException.invalid(
          "failed to join IPC namespace: container "
              + lender.id()
              + ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
    }
    return shared;
  }

  private Namespace chosen(String mode, String kind, String name) throws EngineException {
    if (mode.equals("host")) {
      return new Namespace.Host();
    }
    return joins(mode) ? joined(running(mode, name), kind) : new Namespace.Own();
  }

  private Container running(String mode, String name) throws EngineException {
    Container lender;
    try {
      lender = lender(mode);
    } catch (EngineException e) {
      throw EngineException.conflict("failed to join " + name + " namespace: " + e.getMessage());
    }
    if (!lender.state().isLive()) {
      throw EngineException.conflict(
          "failed to join " + name + " namespace: container " + lender.id() + " is not running");
    }
    return lender;
  }

  private static Namespace joined(Container lender, String kind) {
    return new Namespace.Joined("/proc/" + lender.pid() + "/ns/" + kind);
  }
}
