package swarm.node.api.check;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import swarm.node.api.error.ApiException;

/// The options of `HostConfig.Tmpfs`: moby's `MergeTmpfsOptions`, which knows the flags of mount(8)
/// and what tmpfs(5) takes a value for. Docker looks at them when the container starts, we when it
/// is made, so that no container stays behind that can never start. Pure.
public final class TmpfsOptions {
  private static final Set<String> FLAGS =
      Set.of(
          ("defaults ro rw exec noexec suid nosuid dev nodev sync async atime noatime diratime"
                  + " nodiratime relatime norelatime strictatime nostrictatime remount dirsync mand"
                  + " nomand bind rbind private rprivate shared rshared slave rslave unbindable"
                  + " runbindable")
              .split(" "));
  private static final Set<String> VALUES =
      Set.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol");

  private TmpfsOptions() {}

  /// @param options separated by commas; may be empty
  /// @throws ApiException 400 with the last that is unknown
  public static void check(String options) throws ApiException {
    if (options.isEmpty()) {
      return;
    }
    // from the last, as moby does: which one is named is seen by clients
    for (String option : List.of(options.split(",", -1)).reversed()) {
      String[] parts = option.split("=", 2);
      boolean known = parts.length == 2 ? VALUES.contains(parts[0]) : FLAGS.contains(option);
      if (!known) {
        throw ApiException.bad(
            "invalid tmpfs option "
                + Arrays.stream(parts)
                    .map(part -> "\"" + part + "\"")
                    .collect(Collectors.joining(" ", "[", "]")));
      }
    }
  }
}
