package swarm.runtime.container;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import swarm.runtime.oci.Commands;
import swarm.runtime.oci.ProgramVersion;

/// The programs of this host that an engine runs containers with, and their versions, each of which
/// is asked once, when somebody wants to know it. Thread-safe.
public final class HostPrograms {
  private final Supplier<Optional<Path>> runtime;
  private final Optional<Path> init;
  private final Commands commands;
  private final ConcurrentHashMap<Path, String> versions = new ConcurrentHashMap<>();

  HostPrograms(Supplier<Optional<Path>> runtime, Optional<Path> init, Commands commands) {
    this.runtime = runtime;
    this.init = init;
    this.commands = commands;
  }

  /// The OCI runtime that containers are run by; empty where none works here. Waits for the probe
  /// of the runtimes, which begins with the engine.
  public Optional<Path> runtime() {
    return runtime.get();
  }

  /// The init program of containers that want one; empty where this host has none.
  public Optional<Path> init() {
    return init;
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
