package swarm.scheduler.model;

import java.util.Locale;

/// The two kinds of data that tasks are given as files: what nobody may read again, and what
/// anybody may.
public enum PayloadKind {
  /// At most 500 KiB, in `/run/secrets`; never shown again.
  SECRET("/run/secrets", 500 * 1024),
  /// At most 1000 KiB, in `/`.
  CONFIG("/", 1000 * 1024);

  private final String folder;
  private final int limitBytes;

  PayloadKind(String folder, int limitBytes) {
    this.folder = folder;
    this.limitBytes = limitBytes;
  }

  /// Where in a container a target is that is no absolute path.
  public String folder() {
    return folder;
  }

  /// Data must be smaller than this, as in swarmkit.
  public int limitBytes() {
    return limitBytes;
  }

  /// `secret` or `config`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
