package swarm.runtime.volume;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import swarm.linux.Mounts;

/// What mount(8) calls options, apart: flags of `mount(2)`, and what the file system itself reads.
/// Pure.
///
/// @param flags to set
/// @param propagation flags of a further call; 0 for none
/// @param data for the file system
record MountOptions(long flags, long propagation, String data) {
  private static final long SYNCHRONOUS = 1 << 4;
  private static final long MANDATORY_LOCKS = 1 << 6;
  private static final long DIRECTORIES_SYNCHRONOUS = 1 << 7;
  private static final long NO_ACCESS_TIME = 1 << 10;
  private static final long NO_DIRECTORY_ACCESS_TIME = 1 << 11;
  private static final long NO_EXEC = 1 << 3;
  private static final long UNBINDABLE = 1 << 17;
  private static final long SLAVE = 1 << 19;
  private static final long SHARED = 1 << 20;
  private static final long RELATIVE_ACCESS_TIME = 1 << 21;
  private static final long STRICT_ACCESS_TIME = 1 << 24;

  private static final Map<String, Long> SET =
      Map.ofEntries(
          Map.entry("ro", Mounts.READ_ONLY),
          Map.entry("nosuid", Mounts.NO_SUID),
          Map.entry("nodev", Mounts.NO_DEV),
          Map.entry("noexec", NO_EXEC),
          Map.entry("sync", SYNCHRONOUS),
          Map.entry("mand", MANDATORY_LOCKS),
          Map.entry("dirsync", DIRECTORIES_SYNCHRONOUS),
          Map.entry("noatime", NO_ACCESS_TIME),
          Map.entry("nodiratime", NO_DIRECTORY_ACCESS_TIME),
          Map.entry("relatime", RELATIVE_ACCESS_TIME),
          Map.entry("strictatime", STRICT_ACCESS_TIME),
          Map.entry("remount", Mounts.REMOUNT),
          Map.entry("bind", Mounts.BIND),
          Map.entry("rbind", Mounts.BIND | Mounts.RECURSIVE));
  private static final Map<String, Long> CLEAR =
      Map.ofEntries(
          Map.entry("rw", Mounts.READ_ONLY),
          Map.entry("suid", Mounts.NO_SUID),
          Map.entry("dev", Mounts.NO_DEV),
          Map.entry("exec", NO_EXEC),
          Map.entry("async", SYNCHRONOUS),
          Map.entry("nomand", MANDATORY_LOCKS),
          Map.entry("atime", NO_ACCESS_TIME),
          Map.entry("diratime", NO_DIRECTORY_ACCESS_TIME),
          Map.entry("norelatime", RELATIVE_ACCESS_TIME),
          Map.entry("nostrictatime", STRICT_ACCESS_TIME),
          Map.entry("defaults", 0L));
  private static final Map<String, Long> PROPAGATION =
      Map.of(
          "private",
          Mounts.PRIVATE,
          "rprivate",
          Mounts.PRIVATE | Mounts.RECURSIVE,
          "slave",
          SLAVE,
          "rslave",
          SLAVE | Mounts.RECURSIVE,
          "shared",
          SHARED,
          "rshared",
          SHARED | Mounts.RECURSIVE,
          "unbindable",
          UNBINDABLE,
          "runbindable",
          UNBINDABLE | Mounts.RECURSIVE);

  static MountOptions parse(String text) {
    long flags = 0;
    long propagation = 0;
    List<String> data = new ArrayList<>();
    for (String option : text.split(",", -1)) {
      if (SET.containsKey(option)) {
        flags |= SET.get(option);
      } else if (CLEAR.containsKey(option)) {
        flags &= ~CLEAR.get(option);
      } else if (PROPAGATION.containsKey(option)) {
        propagation |= PROPAGATION.get(option);
      } else if (!option.isEmpty()) {
        data.add(option);
      }
    }
    return new MountOptions(flags, propagation, String.join(",", data));
  }

  /// Whether a bind mount is wanted, which a further call makes read-only.
  boolean bindsReadOnly() {
    return (flags & Mounts.BIND) != 0 && (flags & Mounts.READ_ONLY) != 0;
  }
}
