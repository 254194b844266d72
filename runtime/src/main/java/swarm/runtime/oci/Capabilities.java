package swarm.runtime.oci;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Which capabilities(7) a container's processes hold. Pure.
public final class Capabilities {
  /// All, in the order of their numbers in `linux/capability.h`.
  public static final List<String> ALL =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_DAC_READ_SEARCH",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_LINUX_IMMUTABLE",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_BROADCAST",
          "CAP_NET_ADMIN",
          "CAP_NET_RAW",
          "CAP_IPC_LOCK",
          "CAP_IPC_OWNER",
          "CAP_SYS_MODULE",
          "CAP_SYS_RAWIO",
          "CAP_SYS_CHROOT",
          "CAP_SYS_PTRACE",
          "CAP_SYS_PACCT",
          "CAP_SYS_ADMIN",
          "CAP_SYS_BOOT",
          "CAP_SYS_NICE",
          "CAP_SYS_RESOURCE",
          "CAP_SYS_TIME",
          "CAP_SYS_TTY_CONFIG",
          "CAP_MKNOD",
          "CAP_LEASE",
          "CAP_AUDIT_WRITE",
          "CAP_AUDIT_CONTROL",
          "CAP_SETFCAP",
          "CAP_MAC_OVERRIDE",
          "CAP_MAC_ADMIN",
          "CAP_SYSLOG",
          "CAP_WAKE_ALARM",
          "CAP_BLOCK_SUSPEND",
          "CAP_AUDIT_READ",
          "CAP_PERFMON",
          "CAP_BPF",
          "CAP_CHECKPOINT_RESTORE");

  /// What a container gets if nothing is asked for, as in Docker.
  public static final List<String> DEFAULT =
      List.of(
          "CAP_CHOWN",
          "CAP_DAC_OVERRIDE",
          "CAP_FOWNER",
          "CAP_FSETID",
          "CAP_KILL",
          "CAP_SETGID",
          "CAP_SETUID",
          "CAP_SETPCAP",
          "CAP_NET_BIND_SERVICE",
          "CAP_NET_RAW",
          "CAP_SYS_CHROOT",
          "CAP_MKNOD",
          "CAP_AUDIT_WRITE",
          "CAP_SETFCAP");

  private Capabilities() {}

  /// The capabilities after `--cap-add` and `--cap-drop`, in the order of their numbers. Names come
  /// with or without `CAP_`, in any case; `ALL` stands for all. As in Docker: dropping ALL leaves
  /// only what is added by name, adding ALL leaves out only what is dropped by name.
  ///
  /// @param available what the daemon itself could have: all that ALL and `privileged` can give
  /// @throws IllegalArgumentException naming an unknown capability
  public static List<String> resolve(
      List<String> add, List<String> drop, boolean privileged, List<String> available) {
    if (privileged) {
      return List.copyOf(available);
    }
    List<String> added = add.stream().map(name -> normalise("CapAdd", name)).toList();
    List<String> dropped = drop.stream().map(name -> normalise("CapDrop", name)).toList();
    Set<String> kept = new LinkedHashSet<>();
    if (added.contains("ALL")) {
      kept.addAll(available);
    } else if (!dropped.contains("ALL")) {
      kept.addAll(DEFAULT);
    }
    kept.removeAll(dropped);
    kept.addAll(added);
    if (!dropped.contains("ALL")) {
      dropped.forEach(kept::remove);
    }
    List<String> ordered = new ArrayList<>(ALL);
    ordered.retainAll(kept);
    return List.copyOf(ordered);
  }

  /// The capabilities of a bit set, as `CapBnd` in `/proc/PID/status` has it (hexadecimal).
  public static List<String> ofMask(String hexadecimal) {
    long mask = Long.parseUnsignedLong(hexadecimal, 16);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < ALL.size(); i++) {
      if ((mask >>> i & 1) != 0) {
        names.add(ALL.get(i));
      }
    }
    return List.copyOf(names);
  }

  private static String normalise(String field, String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    if (upper.equals("ALL")) {
      return upper;
    }
    String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
    if (!ALL.contains(full)) {
      throw new IllegalArgumentException(
          "invalid " + field + ": unknown capability: \"" + full + "\"");
    }
    return full;
  }
}
