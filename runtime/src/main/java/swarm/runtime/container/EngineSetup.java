package swarm.runtime.container;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import swarm.linux.Inotify;
import swarm.linux.Readiness;
import swarm.runtime.oci.AppArmor;
import swarm.runtime.oci.Commands;
import swarm.runtime.oci.HostFacts;
import swarm.runtime.oci.OciRuntime;
import swarm.runtime.oci.Programs;
import swarm.runtime.oci.RuntimeProbe;
import swarm.runtime.snapshot.OverlayMounts;
import swarm.runtime.snapshot.RootfsProvider;
import swarm.runtime.volume.VolumeStore;

/// Makes the engine's directories and what its parts share. Looks at no container.
final class EngineSetup {
  private EngineSetup() {}

  static EngineContext prepare(
      EngineOptions options, RootfsProvider images, NetworkPort network, Clock clock)
      throws IOException {
    if (options.dataRoot().toString().contains(":")) {
      throw new IllegalArgumentException(
          "the data directory must not have a colon in its path: " + options.dataRoot());
    }
    ContainerPaths paths = directories(options);
    Readiness readiness = Readiness.open();
    try {
      return context(options, paths, images, network, clock, readiness);
    } catch (IOException | RuntimeException e) {
      readiness.close();
      throw e;
    }
  }

  private static ContainerPaths directories(EngineOptions options) throws IOException {
    var paths =
        new ContainerPaths(
            options.dataRoot().toAbsolutePath(), options.execRoot().toAbsolutePath());
    paths.make();
    OverlayMounts.deleteContent(paths.scratch());
    OverlayMounts.deleteContent(paths.logScratch());
    BaseLayer.make(paths.base());
    return paths;
  }

  private static EngineContext context(
      EngineOptions options,
      ContainerPaths paths,
      RootfsProvider images,
      NetworkPort network,
      Clock clock,
      Readiness readiness)
      throws IOException {
    HostFacts host = HostFacts.read();
    var commands = new Commands(readiness, paths.scratch());
    Supplier<RuntimeProbe.Outcome> probe = probe(options, paths, host, commands);
    var programs =
        new HostPrograms(
            () -> probe.get().runtime().map(OciRuntime::program),
            options.inits(),
            Programs.find(options.conmon()),
            commands);
    AppArmor apparmor = AppArmor.ofHost(commands, paths.scratch());
    var store = new ContainerStore(paths, options.crashPoints());
    var events = new EventBus();
    var volumes =
        VolumeStore.open(
            paths.volumes(), clock, event -> events.publish(new EngineEvent.OfVolume(event)));
    return new EngineContext(
        options,
        paths,
        store,
        new Registry(),
        events,
        images,
        volumes,
        network,
        clock,
        readiness,
        Inotify.open(readiness),
        probe,
        programs,
        commands,
        new SpecAssembly(paths, host, options.cgroupParent(), programs, apparmor),
        apparmor,
        host);
  }

  // Runs beside the taking over; whoever needs the runtime first waits for it.
  private static Supplier<RuntimeProbe.Outcome> probe(
      EngineOptions options, ContainerPaths paths, HostFacts host, Commands commands) {
    var probe =
        new RuntimeProbe(
            commands, paths.scratch(), paths.runtimeState(), options.cgroupParent(), host);
    var task = new FutureTask<>(() -> probe.find(options.runtimes()));
    Thread.ofVirtual().name("runtime-probe").start(task);
    return () -> {
      try {
        return task.get();
      } catch (ExecutionException e) {
        return new RuntimeProbe.Outcome(Optional.empty(), List.of(String.valueOf(e.getCause())));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new RuntimeProbe.Outcome(Optional.empty(), List.of("interrupted"));
      }
    };
  }
}
