package swarm.runtime.oci;

import java.util.List;
import java.util.Optional;

/// A process to run in a container: its first one, or an exec's.
///
/// @param args program and arguments
/// @param env `NAME=value`, complete
/// @param cwd absolute working directory
/// @param user who it runs as
/// @param tty whether it gets a terminal
/// @param capabilities what it may do
/// @param noNewPrivileges whether set-user-id programs are without effect
/// @param apparmorProfile what AppArmor confines it by; empty where the host has none
/// @param ulimits per-process limits
/// @param oomScoreAdj -1000 (never killed) to 1000
/// @param consoleSize of its terminal when it begins, where a client said so
public record ProcessRequest(
    List<String> args,
    List<String> env,
    String cwd,
    ResolvedUser user,
    boolean tty,
    List<String> capabilities,
    boolean noNewPrivileges,
    String apparmorProfile,
    List<Ulimit> ulimits,
    int oomScoreAdj,
    Optional<ConsoleSize> consoleSize) {
  public ProcessRequest {
    args = List.copyOf(args);
    env = List.copyOf(env);
    capabilities = List.copyOf(capabilities);
    ulimits = List.copyOf(ulimits);
  }
}
