package swarm.node.rpc;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What nodes ask each other, and the answers; [SessionMessages] has what is said in a session.
/// Fields may be added; a reader ignores those that it does not know.
public final class Messages {
  private Messages() {}

  /// The only call that needs no certificate.
  ///
  /// @param request PKCS#10
  /// @param secret the secret part of the join token
  /// @param availability what the node's is to be; null for `active`, and from a node that is older
  public record JoinRequest(
      byte[] request, String secret, String address, @Nullable String availability) {
    /// Strangers send these: nothing may be missing. (Written out: of a compact constructor, class
    /// files do not say that the availability may be null.)
    public JoinRequest(
        byte[] request, String secret, String address, @Nullable String availability) {
      this.request = requireNonNull(request, "a join without a certification request");
      this.secret = requireNonNull(secret, "a join without a secret");
      this.address = requireNonNull(address, "a join without an address");
      this.availability = availability;
    }

    /// Of a node that is to be active.
    public JoinRequest(byte[] request, String secret, String address) {
      this(request, secret, address, null);
    }

    /// Never the secret: this may reach a log.
    @Override
    public String toString() {
      return "JoinRequest[" + address + "]";
    }
  }

  /// Asks for another certificate, for a new key; the role in it is what the cluster's state says.
  ///
  /// @param request PKCS#10
  /// @param proof for a caller whose certificate has expired, else null
  public record RenewRequest(byte[] request, @Nullable Proof proof) {
    /// Strangers send these: nothing may be missing. (Written out: of a compact constructor, class
    /// files do not say that the proof may be null.)
    public RenewRequest(byte[] request, @Nullable Proof proof) {
      this.request = requireNonNull(request, "a renewal without a certification request");
      this.proof = proof;
    }
  }

  /// That the caller is who had the certificate which has expired.
  ///
  /// @param certificate the expired one and what leads from it to a root, PEM
  /// @param challenge as the manager gave it
  /// @param signature see [swarm.node.identity.RenewalProof]
  public record Proof(String certificate, byte[] challenge, byte[] signature) {
    /// Strangers send these: nothing may be missing.
    public Proof {
      requireNonNull(certificate, "a proof without the certificate");
      requireNonNull(challenge, "a proof without its challenge");
      requireNonNull(signature, "a proof without its signature");
    }
  }

  /// Good for a minute, at the manager that gave it.
  public record Challenge(byte[] challenge) {}

  /// Answers a join and a renewal.
  ///
  /// @param certificate PEM: the node's own, then what leads from it to a root
  /// @param ca PEM: the roots to trust, the first of them the one that join tokens name
  /// @param managers `host:port` of every manager
  /// @param sealKey the first key that the cluster's log and snapshots were encrypted with, the
  ///   only one that builds before `sealKeys` know; for managers only, else null
  /// @param sealKeys all of them; for managers only, else null, and from a manager that is older
  /// @param availability what the node's is in the state now, where the request said; null from a
  ///   manager that is older than this, and has not heeded it
  public record JoinReply(
      String certificate,
      String ca,
      List<String> managers,
      byte @Nullable [] sealKey,
      byte @Nullable [] sealKeys,
      @Nullable String availability) {
    /// Of a request that says nothing of availability.
    public JoinReply(
        String certificate,
        String ca,
        List<String> managers,
        byte @Nullable [] sealKey,
        byte @Nullable [] sealKeys) {
      this(certificate, ca, managers, sealKey, sealKeys, null);
    }

    /// Of a manager that knows one key, or for a worker.
    public JoinReply(
        String certificate, String ca, List<String> managers, byte @Nullable [] sealKey) {
      this(certificate, ca, managers, sealKey, null, null);
    }

    /// The same, with the availability that the node has now.
    public JoinReply with(@Nullable String given) {
      return new JoinReply(certificate, ca, managers, sealKey, sealKeys, given);
    }

    /// Never the key: this may reach a log.
    @Override
    public String toString() {
      return "JoinReply[" + managers + "]";
    }
  }

  /// A node asks for a place on a network for a container of its that is no task.
  ///
  /// @param network name or id
  /// @param address the one that the user wants, IPv4 as an int; 0 for any
  public record AttachRequest(
      String network, String containerId, String name, List<String> aliases, int address) {
    /// Every part is needed.
    public AttachRequest {
      requireNonNull(network, "an attachment without its network");
      requireNonNull(containerId, "an attachment without its container");
      requireNonNull(name, "an attachment without a name");
      requireNonNull(aliases, "an attachment without aliases");
      aliases.forEach(each -> requireNonNull(each, "an alias that is none"));
    }
  }

  /// @param attachmentId empty where it was refused
  /// @param address IPv4 as an int
  /// @param status of HTTP, where it was refused
  /// @param refusal why; empty where it was not
  public record AttachReply(
      String attachmentId, String networkId, int address, int status, String refusal) {}

  /// The places that containers of the calling node still have; it has given up all others.
  public record AttachmentsKept(List<String> attachmentIds) {
    /// Every part is needed.
    public AttachmentsKept {
      requireNonNull(attachmentIds, "attachments without their ids");
    }
  }

  /// A new manager asks to be added to Raft; it listens already.
  public record MemberRequest(String nodeId, String raftId, String address) {
    /// Every part is needed.
    public MemberRequest {
      requireNonNull(nodeId, "a new member without its node id");
      requireNonNull(raftId, "a new member without its Raft id");
      requireNonNull(address, "a new member without its address");
    }
  }

  /// The leader tells a manager the keys of the log, and which of them it may seal with.
  ///
  /// @param term the leader's
  /// @param keys all of them, as files have them
  public record SealKeysRequest(long term, byte[] keys) {
    /// Every part is needed.
    public SealKeysRequest {
      requireNonNull(keys, "keys of the log without keys");
    }

    /// Never the keys: this may reach a log.
    @Override
    public String toString() {
      return "SealKeysRequest[" + term + "]";
    }
  }

  /// The keys are on the disk of whoever answers.
  ///
  /// @param raftId who that is: another one may be at its address by now
  /// @param newestId the highest id of a key there
  public record SealKeysReply(String raftId, int newestId) {
    /// Every part is needed.
    public SealKeysReply {
      requireNonNull(raftId, "an answer to keys of the log from nobody");
    }
  }

  /// What became of a change of the managers.
  public enum MemberOutcome {
    DONE,
    /// Never: asking again is of no use.
    REFUSED,
    /// The leader says that nothing was changed; asking again may help.
    UNCHANGED,
    /// The change may be in the log.
    UNKNOWN,
    /// Not asked of any leader.
    NO_LEADER
  }

  /// @param error empty where it was done
  public record MemberReply(MemberOutcome outcome, String error) {
    /// It was done.
    public static MemberReply done() {
      return new MemberReply(MemberOutcome.DONE, "");
    }
  }

  /// A node asks to be let go.
  public record LeaveRequest(boolean force) {}

  /// A follower hands a command to the leader. `term` is -1 where any term will do.
  public record ProposeRequest(byte[] command, long term) {
    /// Every part is needed.
    public ProposeRequest {
      requireNonNull(command, "a proposal without a command");
    }
  }

  /// @param index the command's place in the log, 0 where it is in none
  /// @param result the [swarm.scheduler.state.CommandResult]
  /// @param notLeader whether it was surely without effect; the caller may ask another
  /// @param olderManagers whether it was surely without effect, as managers could not follow it: to
  ///   ask again is of no use before they are upgraded
  public record ProposeReply(
      long index, byte[] result, boolean notLeader, String error, boolean olderManagers) {
    /// One that managers can follow.
    public ProposeReply(long index, byte[] result, boolean notLeader, String error) {
      this(index, result, notLeader, error, false);
    }
  }

  /// A manager tells the leader which nodes are in session with it and how long each has been
  /// silent.
  ///
  /// @param silentMillis node id to milliseconds; -1: the session has just ended
  /// @param impaired why the manager takes no writes, empty where it does; null from one that is
  ///   older than this
  /// @param commandFormat the newest of [swarm.scheduler.state.CommandFormat] that the manager
  ///   reads; null from one that is older than this, which reads the first
  /// @param balancing node id to the index of the state that the node's load balancers follow; null
  ///   from a manager that is older than this
  public record Heard(
      Map<String, Long> silentMillis,
      @Nullable String impaired,
      @Nullable Integer commandFormat,
      @Nullable Map<String, Long> balancing) {
    /// The first part is needed. (Written out: of a compact constructor, class files do not say
    /// that the others may be null.)
    public Heard(
        Map<String, Long> silentMillis,
        @Nullable String impaired,
        @Nullable Integer commandFormat,
        @Nullable Map<String, Long> balancing) {
      this.silentMillis = requireNonNull(silentMillis, "a summary without its nodes");
      this.impaired = impaired;
      this.commandFormat = commandFormat;
      this.balancing = balancing;
      silentMillis.forEach((_, millis) -> requireNonNull(millis, "a node without its silence"));
      if (balancing != null) {
        balancing.forEach((_, index) -> requireNonNull(index, "a node without its index"));
      }
    }

    /// What nodes' load balancers follow; nothing where nothing is said.
    public Map<String, Long> balancingOrNone() {
      return balancing == null ? Map.of() : balancing;
    }
  }

  /// The leader's answer to a summary.
  ///
  /// @param balancedThrough the index of the state that the load balancers of every node follow, as
  ///   far as the leader knows; null from a leader that is older than this
  public record HeardReply(@Nullable Long balancedThrough) {}

  /// No content.
  public record Nothing() {}

  /// One manager asks another for logs of tasks on nodes that are in session there.
  ///
  /// @param wanted node id to what is wanted of it
  public record LogsRequest(Map<String, SessionMessages.Subscribe> wanted) {
    /// Every part is needed.
    public LogsRequest {
      requireNonNull(wanted, "a request for logs that wants none");
      wanted.forEach((_, what) -> requireNonNull(what, "a node of which no logs are wanted"));
    }
  }

  /// Part of such logs. The first says which of the nodes are in session there, and has no chunk;
  /// one without either says that `nodeId` will send no more.
  public record LogsPart(
      List<String> serving, String nodeId, SessionMessages.@Nullable LogChunk chunk) {}
}
