package swarm.node.membership;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.control.SealKeys;
import swarm.node.identity.KeyProtection;
import swarm.node.identity.NodeIdentity;
import swarm.node.identity.RandomIds;
import swarm.node.identity.Role;
import swarm.raft.log.DamagedFileException;

/// What this node is now: the files that say so, their keys, and what runs of it. Changes come one
/// at a time, as [Membership] lets them; reading never waits.
final class LocalNode {
  private static final Logger LOG = LoggerFactory.getLogger(LocalNode.class);

  private final Membership.Parts parts;
  private final RandomIds ids = new RandomIds();
  private volatile Membership.@Nullable Active active;
  private volatile @Nullable MemberFile file;
  private volatile @Nullable Standby standby;
  private volatile @Nullable Lost lost;
  private volatile @Nullable NodeKeys keys;

  LocalNode(Membership.Parts parts) {
    this.parts = parts;
  }

  Membership.Parts parts() {
    return parts;
  }

  RandomIds ids() {
    return ids;
  }

  // ---- what runs

  Membership.@Nullable Active active() {
    return active;
  }

  void become(Membership.Active now) {
    active = now;
  }

  /// Ends what runs; what is on the disk stays.
  void stop(Membership.Active now) {
    now.renewer().close();
    now.agent().close();
    now.server().close();
    now.role().end();
    now.client().close();
    active = null;
  }

  /// Takes back an init or join that came to nothing.
  void abandon() {
    Membership.Active now = active;
    if (now != null) {
      stop(now);
    }
    try {
      deleteAll();
    } catch (IOException e) {
      LOG.warn("what an unfinished init or join left could not be removed: {}", e.getMessage());
    }
  }

  /// Forgets the cluster.
  void deleteAll() throws IOException {
    file = null;
    keys = null;
    standby = null;
    lost = null;
    Folders.discard(parts.folder());
  }

  // ---- why nothing runs

  @Nullable Standby standby() {
    return standby;
  }

  void standBy(@Nullable Standby why) {
    standby = why;
  }

  /// This node takes no part, as a file is not what was written.
  ///
  /// @return why, for the user
  String standByDamaged(DamagedFileException e) {
    var damaged = Standby.Damaged.by(e, Standby.Damaged.Was.of(parts.folder()));
    standby = damaged;
    return damaged.why();
  }

  /// What its manager cannot start without, where that is gone and others may take it in anew; null
  /// where it is not.
  @Nullable Lost lost() {
    return lost;
  }

  /// Another manager took it in anew, or it is none any more.
  void notLost() {
    lost = null;
  }

  /// Looks whether all is there that this node's manager starts with.
  ///
  /// @throws DamagedFileException where it is not, and nobody is known who could take it in anew
  void noteLost(NodeIdentity identity, MemberFile member) throws IOException {
    if (identity.self().role() != Role.MANAGER) {
      return;
    }
    Optional<Lost> found = Lost.of(parts.folder(), member);
    if (found.isPresent() && found.get().alone()) {
      throw found.get().damage();
    }
    found.ifPresent(it -> LOG.warn("{}", it.why()));
    lost = found.orElse(null);
  }

  // ---- files

  /// What this node knows of itself, as long as it is in a cluster.
  MemberFile own() {
    return Objects.requireNonNull(file, "a node that is in a cluster knows itself");
  }

  /// Known, and on the disk already.
  void known(MemberFile member) {
    file = member;
  }

  /// Known from now on, also after a restart.
  void keep(MemberFile member) throws IOException {
    member.save(parts.folder());
    file = member;
  }

  /// The managers known last.
  List<String> managers() {
    MemberFile now = file;
    return now == null ? List.of() : now.managers();
  }

  /// Who the managers are now, as one of them says.
  void keepManagers(List<String> now) {
    MemberFile known = file;
    if (known == null || now.isEmpty() || known.managers().equals(now)) {
      return;
    }
    MemberFile next = known.withManagers(now);
    file = next;
    try {
      next.save(parts.folder());
    } catch (IOException e) {
      LOG.warn("the addresses of the managers could not be kept: {}", e.getMessage());
    }
  }

  /// A host may have got another address while its daemon was away, or just now.
  MemberFile relocate(MemberFile known) throws IOException {
    MemberFile now = known.relocated();
    if (!now.address().equals(known.address())) {
      LOG.warn("this host's address is {} now, no longer {}", now.address(), known.address());
      now.save(parts.folder());
    }
    return now;
  }

  Path certificates() {
    return parts.folder().resolve("certificates");
  }

  /// The identity that is on the disk.
  ///
  /// @throws DamagedFileException where it cannot be read
  Optional<NodeIdentity> loadIdentity(@Nullable NodeKeys found) throws IOException {
    try {
      return NodeIdentity.load(
          certificates(), found == null ? KeyProtection.none() : found.protection());
    } catch (IOException e) {
      throw new DamagedFileException(certificates(), String.valueOf(e.getMessage()));
    }
  }

  /// The keys of the log first: a manager by its certificate needs them after a restart.
  synchronized void keepIdentity(NodeIdentity next, @Nullable SealKeys sealKeys)
      throws IOException {
    if (sealKeys != null && !SealKeyFile.exists(parts.folder())) {
      SealKeyFile.save(parts.folder(), sealKeys, protection());
    }
    next.save(certificates(), protection());
  }

  /// What the identity on the disk is sealed with has changed.
  synchronized void resealIdentity() throws IOException {
    Optional<NodeIdentity> known = NodeIdentity.load(certificates(), protection());
    if (known.isPresent()) {
      known.get().save(certificates(), protection());
    }
  }

  // ---- keys

  @Nullable NodeKeys keysOrNone() {
    return keys;
  }

  NodeKeys keys() {
    return Objects.requireNonNull(keys, "a node that is in a cluster has keys");
  }

  void hold(@Nullable NodeKeys those) {
    keys = those;
  }

  KeyProtection protection() {
    return keys().protection();
  }

  /// An earlier version kept keys as they are.
  void sealOldKeys(NodeIdentity identity) throws IOException {
    NodeKeys fresh = NodeKeys.create(parts.folder());
    keys = fresh;
    identity.save(certificates(), fresh.protection());
    if (SealKeyFile.exists(parts.folder())) {
      SealKeys key = SealKeyFile.read(parts.folder(), fresh.protection());
      SealKeyFile.save(parts.folder(), key, fresh.protection());
    }
  }
}
