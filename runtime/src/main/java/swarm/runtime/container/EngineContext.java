package swarm.runtime.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.oci.AppArmor;
import swarm.runtime.oci.Commands;
import swarm.runtime.oci.Conmon;
import swarm.runtime.oci.HostFacts;
import swarm.runtime.oci.OciRuntime;
import swarm.runtime.oci.Programs;
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
    Commands commands,
    SpecAssembly specs,
    AppArmor apparmor,
    HostFacts host) {

  // What Docker calls its usual one.
  private static final String DOCKERS_NAME = "io.containerd.runc.v2";

  /// The usual runtime.
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

  /// The runtime for a container's next start, which may have been asked for by name. Noted in its
  /// bundle, for [#runtimeOf].
  OciRuntime chooseRuntime(Container container) throws EngineException, IOException {
    OciRuntime chosen = wanted(container);
    Files.writeString(paths.runtimeNote(container.id()), chosen.program().toString());
    return chosen;
  }

  /// The runtime that started a live container: no other knows it, whichever is the usual one by
  /// now (another one was installed, and the daemon restarted).
  OciRuntime runtimeOf(Container container) throws EngineException, IOException {
    Path note = paths.runtimeNote(container.id());
    if (!Files.exists(note)) {
      return wanted(container); // of a build that noted none
    }
    return new OciRuntime(Path.of(Files.readString(note)), paths.runtimeState(), commands);
  }

  private OciRuntime wanted(Container container) throws EngineException {
    String name = container.config().host().runtime();
    return name.isEmpty() ? runtime() : runtime(name);
  }

  /// One of the engine's runtimes by its program's name.
  OciRuntime runtime(String name) throws EngineException {
    if (name.equals(DOCKERS_NAME)) {
      return runtime();
    }
    Optional<OciRuntime> usual = probe.get().runtime();
    if (usual.isPresent() && usual.get().program().endsWith(name)) {
      return usual.get();
    }
    for (String known : options.runtimes()) {
      Optional<Path> program = Programs.find(known).filter(file -> file.endsWith(name));
      if (program.isPresent()) {
        return new OciRuntime(program.get(), paths.runtimeState(), commands);
      }
    }
    throw EngineException.invalid("unknown or invalid runtime name: " + name);
  }

  Conmon conmon() throws EngineException {
    Path program =
        programs
            .monitor()
            .orElseThrow(
                () ->
                    new EngineException(
                        EngineException.Kind.FAILED,
                        "the container monitor "
                            + options.conmon()
                            + " is not installed: install conmon"));
    return new Conmon(program, paths.scratch(), readiness);
  }

  /// A test may have the process die here.
  void reached(CrashPoint point) {
    options.crashPoints().reached(point);
  }

  void publish(ContainerEvent.Action action, Container container) {
    publish(action, container, Map.of());
  }

  void publish(ContainerEvent.Action action, Container container, Map<String, String> details) {
    events.publish(new ContainerEvent(action, container, clock.instant(), details));
  }
}
