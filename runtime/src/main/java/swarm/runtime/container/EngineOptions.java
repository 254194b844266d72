package swarm.runtime.container;

import java.nio.file.Path;
import java.util.List;
import swarm.runtime.fault.CrashPoints;

/// Where and with what an engine works.
///
/// @param dataRoot what must outlive the machine: containers' records, writable layers, logs; its
///   path has no colon
/// @param execRoot what need not: bundles, sockets, mounts (such as `/run/swarm`)
/// @param cgroupParent absolute cgroup path of all its containers, such as `/swarm`
/// @param runtimes OCI runtimes to try, in this order: names searched in `PATH`, or paths
/// @param conmon the monitor: a name or path
/// @param inits programs for containers that want an init, in order of preference
/// @param crashPoints where a test may have the process die
public record EngineOptions(
    Path dataRoot,
    Path execRoot,
    String cgroupParent,
    List<String> runtimes,
    String conmon,
    List<String> inits,
    CrashPoints crashPoints) {
  /// The usual programs. Of those for `--init` the static ones first: the program runs in the
  /// container, where the libraries of this host are not (Debian's `tini` wants them).
  public static EngineOptions of(Path dataRoot, Path execRoot, String cgroupParent) {
    return new EngineOptions(
        dataRoot,
        execRoot,
        cgroupParent,
        List.of("crun", "runc"),
        "conmon",
        List.of("docker-init", "tini-static", "catatonit", "tini"),
        CrashPoints.NONE);
  }

  /// These with other runtimes.
  public EngineOptions withRuntimes(List<String> names) {
    return new EngineOptions(dataRoot, execRoot, cgroupParent, names, conmon, inits, crashPoints);
  }

  /// These with others to be told of where a test may have the process die.
  public EngineOptions withCrashPoints(CrashPoints points) {
    return new EngineOptions(dataRoot, execRoot, cgroupParent, runtimes, conmon, inits, points);
  }
}
