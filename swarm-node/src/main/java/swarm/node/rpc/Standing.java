package swarm.node.rpc;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import swarm.node.identity.Role;

/// Who calls, as far as it matters for what may be called.
enum Standing {
  /// Without a certificate.
  STRANGER,
  /// With a certificate that counts no more: its node left or was removed.
  REVOKED,
  WORKER,
  /// With a manager's certificate, by the state a worker's node.
  DEMOTED,
  MANAGER;

  static final Set<Standing> EVERYBODY = EnumSet.allOf(Standing.class);

  /// Who has a certificate that counts, or none: what a stranger may ask for, but not one who was
  /// sent away.
  static final Set<Standing> ALL_BUT_REVOKED = EnumSet.of(STRANGER, WORKER, DEMOTED, MANAGER);

  /// Who was a member, too: an answer to its leaving may have been lost.
  static final Set<Standing> MEMBERS_EVER = EnumSet.of(REVOKED, WORKER, DEMOTED, MANAGER);

  static final Set<Standing> MEMBERS = EnumSet.of(WORKER, DEMOTED, MANAGER);

  /// Who has a manager's certificate. A manager that lags must hear its leader, even if all that it
  /// knows of it is that it once was a worker: it would never learn more.
  static final Set<Standing> MANAGERS_BY_CERTIFICATE = EnumSet.of(DEMOTED, MANAGER);

  static final Set<Standing> MANAGERS = EnumSet.of(MANAGER);

  /// @param role in the certificate; empty where there is none
  /// @param demoted whether the node is no manager any more
  static Standing of(Optional<Role> role, boolean revoked, boolean demoted) {
    if (role.isEmpty()) {
      return STRANGER;
    }
    if (revoked) {
      return REVOKED;
    }
    return switch (role.get()) {
      case MANAGER -> demoted ? DEMOTED : MANAGER;
      case WORKER -> WORKER;
    };
  }
}
