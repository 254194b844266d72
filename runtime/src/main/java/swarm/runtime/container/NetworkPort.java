package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Path;

/// Connects containers to networks: the port behind which the node's networking stands. Attaches
/// none in network modes `none`, `host` and `container:ID`. Thread-safe.
public interface NetworkPort {
  /// Puts interfaces into a container's network namespace, in which only loopback is up, before the
  /// container's process starts. Called at each start, at the same time as the container is made; a
  /// failure fails the start.
  ///
  /// @param netns a file on which the namespace is bound
  /// @param names the container's own, for its hosts file: one or two, with a blank between them
  NetworkAttachment attach(String containerId, Path netns, String names, ContainerConfig config)
      throws IOException, InterruptedException;

  /// The address by which containers reach this host's own programs, the same on every network:
  /// what `host-gateway` stands for in [NameResolution#extraHosts]. Asked in every network mode.
  String hostGateway();

  /// Called after the end of a container that nobody stopped, before [#detach]: may wait for a
  /// bounded while, in which callers who have not heard of the end are refused at once by the
  /// kernel, whose answer needs the interfaces.
  void ended(String containerId, ContainerConfig config) throws InterruptedException;

  /// Takes away what [#attach] made. Called after each end and before removal, also where attach
  /// failed or was never called; does nothing then.
  ///
  /// @param netns as given to attach; may be gone after a restart of the machine
  void detach(String containerId, Path netns) throws IOException, InterruptedException;
}
