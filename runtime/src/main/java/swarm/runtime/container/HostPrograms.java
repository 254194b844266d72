package swarm.runtime.container;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import swarm.runtime.oci.Commands;
import swarm.runtime.oci.ProgramVersion;
import swarm.runtime.oci.Programs;

/// The programs of this host that an engine runs containers with, and their versions, each of which
/// is asked once, when somebody wants to know it. Thread-safe.
public final class HostPrograms {
  private final Supplier<Optional<Path>> runtime;
  private final List<String> inits;
  private final Optional<Path> monitor;
  private final Commands commands;
  private final ConcurrentHashMap<Path, String> versions = new ConcurrentHashMap<>();

  HostPrograms(
      Supplier<Optional<Path>> runtime,
      List<String> inits,
      Optional<Path> monitor,
      Commands commands) {
    this.runtime = runtime;
    this.inits = inits;
    this.monitor = monitor;
    this.commands = commands;
  }

  /// The OCI runtime that containers are run by; empty where none works here. Waits for the probe
  /// of the runtimes, which begins with the engine.
  public Optional<Path> runtime() {
    return runtime.get();
  }

  /// The init program of containers that want one; empty where this host has none. Looked for each
  /// time: whoever is told to install one need not restart the daemon.
  public Optional<Path> init() {
    return inits.stream().flatMap(name -> Programs.find(name).stream()).findFirst();
  }

  /// conmon, which holds the containers; empty where this host has none.
  public Optional<Path> monitor() {
    return monitor;
  }

  /// What one of them says of its version; empty where it does not.
  public String version(Path program) throws InterruptedException {
    String known = versions.get(program);
    if (known == null) {
      known = ProgramVersion.ask(program, commands).orElse("");
      versions.put(program, known);
    }
    return known;
  }
}
