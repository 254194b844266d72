package swarm.runtime.container;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.HostFacts;
import swarm.runtime.oci.OciRuntime;
import swarm.runtime.oci.RuntimeProbe;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.volume.VolumeStore;

/// What the parts of the engine share.
record EngineContext(
    EngineOptions options,
    ContainerPaths paths,
    ContainerStore store,
    Registry registry,
    EventBus events,
    RootfsProvider images,
    VolumeStore volumes,
    NetworkPort network,
    Clock clock,
    Readiness readiness,
    Inotify inotify,
    Supplier<RuntimeProbe.Outcome> probe,
    HostPrograms programs,
    Optional<Path> conmonProgram,
    SpecAssembly specs,
    HostFacts host) {

  OciRuntime runtime() throws EngineException {
    RuntimeProbe.Outcome outcome = probe.get();
    if (outcome.runtime().isEmpty()) {
      throw new EngineException(
          EngineException.Kind.FAILED,
          "no OCI runtime works on this host: "
              + String.join("; ", outcome.reasons())
              + ". Install runc or crun.");
    }
    return outcome.runtime().get();
  }

  Conmon conmon() throws EngineException {
    Path program =
        conmonProgram.orElseThrow(
            () ->
                new EngineException(
                    EngineException.Kind.FAILED,
                    "the container monitor "
                        + options.conmon()
                        + " is not installed: install conmon"));
    return new Conmon(program, paths.scratch(), readiness);
  }

  void publish(ContainerEvent.Action action, Container container) {
    publish(action, container, Map.of());
  }

  void publish(ContainerEvent.Action action, Container container, Map<String, String> details) {
    events.publish(new ContainerEvent(action, container, clock.instant(), details));
  }
}
