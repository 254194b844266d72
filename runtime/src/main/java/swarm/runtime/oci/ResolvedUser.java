package swarm.runtime.oci;

import java.util.List;

/// A user as numbers.
///
/// @param uid user
/// @param gid primary group
/// @param additionalGids further groups and the primary one, ascending
public record ResolvedUser(long uid, long gid, List<Long> additionalGids) {
  /// The superuser.
  public static final ResolvedUser ROOT = new ResolvedUser(0, 0, List.of(0L));

  public ResolvedUser {
    additionalGids = List.copyOf(additionalGids);
  }
}
