package swarm.runtime.container;

import java.util.List;

/// What runs in a container, and as whom. Part of [ContainerConfig], whose record on disk has its
/// components. Immutable.
///
/// @param args program and arguments, entrypoint and command merged; not empty at start
/// @param env `NAME=value`; a bare `NAME` unsets a default
/// @param workingDir absolute, `/` if empty; made if missing
/// @param user `user[:group]`, names or numbers; root if empty
/// @param groupAdd further groups of the process
public record ProcessConfig(
    List<String> args, List<String> env, String workingDir, String user, List<String> groupAdd) {
  // A component that is missing in a file of an older version is null here.
  public ProcessConfig {
    args = args == null ? List.of() : List.copyOf(args);
    env = env == null ? List.of() : List.copyOf(env);
    workingDir = workingDir == null ? "" : workingDir;
    user = user == null ? "" : user;
    groupAdd = groupAdd == null ? List.of() : List.copyOf(groupAdd);
  }
}
