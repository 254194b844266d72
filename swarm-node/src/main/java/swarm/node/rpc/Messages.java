package swarm.node.rpc;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// What nodes say to each other. Fields may be added; a reader ignores those that it does not know.
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
  public record ProposeReply(long index, byte[] result, boolean notLeader, String error) {}

  /// A manager tells the leader which nodes are in session with it and how long each has been
  /// silent.
  ///
  /// @param silentMillis node id to milliseconds; -1: the session has just ended
  /// @param impaired why the manager takes no writes, empty where it does; null from one that is
  ///   older than this
  public record Heard(Map<String, Long> silentMillis, @Nullable String impaired) {
    /// The first part is needed. (Written out: of a compact constructor, class files do not say
    /// that the other may be null.)
    public Heard(Map<String, Long> silentMillis, @Nullable String impaired) {
      this.silentMillis = requireNonNull(silentMillis, "a summary without its nodes");
      this.impaired = impaired;
      silentMillis.forEach((_, millis) -> requireNonNull(millis, "a node without its silence"));
    }
  }

  /// No content.
  public record Nothing() {}

  /// One manager asks another for logs of tasks on nodes that are in session there.
  ///
  /// @param wanted node id to what is wanted of it
  public record LogsRequest(Map<String, Subscribe> wanted) {
    /// Every part is needed.
    public LogsRequest {
      requireNonNull(wanted, "a request for logs that wants none");
      wanted.forEach((_, what) -> requireNonNull(what, "a node of which no logs are wanted"));
    }
  }

  /// Part of such logs. The first says which of the nodes are in session there, and has no chunk;
  /// one without either says that `nodeId` will send no more.
  public record LogsPart(List<String> serving, String nodeId, @Nullable LogChunk chunk) {}

  /// What an agent says in its session.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = Beat.class, name = "beat"),
    @JsonSubTypes.Type(value = Statuses.class, name = "statuses"),
    @JsonSubTypes.Type(value = Farewell.class, name = "farewell"),
    @JsonSubTypes.Type(value = LogChunk.class, name = "log"),
  })
  public sealed interface FromAgent {}

  /// The first message of a session.
  public record Hello(Node.Description description, String address) implements FromAgent {
    /// Every part is needed.
    public Hello {
      Parts.require(description);
      requireNonNull(address, "an agent without its address");
    }
  }

  /// Still here.
  public record Beat() implements FromAgent {}

  /// What was observed of tasks; acknowledged by [StatusesKept], and sent again until it is.
  public record Statuses(long sequence, List<Observation> observations) implements FromAgent {
    /// Every part is needed.
    public Statuses {
      requireNonNull(observations, "a report without observations");
      observations.forEach(Parts::require);
    }
  }

  /// A clean stop of the daemon: its containers run on.
  public record Farewell() implements FromAgent {}

  /// Part of a log that was asked for.
  ///
  /// @param stream 1 for stdout, 2 for stderr
  /// @param last whether the task's log ended
  public record LogChunk(
      String subscription,
      String taskId,
      int stream,
      String timestamp,
      byte @Nullable [] data,
      boolean last,
      String error)
      implements FromAgent {
    /// Every part but the data is needed. (Written out: of a compact constructor, class files do
    /// not say that the data may be null.)
    public LogChunk(
        String subscription,
        String taskId,
        int stream,
        String timestamp,
        byte @Nullable [] data,
        boolean last,
        String error) {
      this.subscription = requireNonNull(subscription, "a log without its subscription");
      this.taskId = requireNonNull(taskId, "a log without its task");
      this.stream = stream;
      this.timestamp = requireNonNull(timestamp, "a log without its time");
      this.data = data;
      this.last = last;
      this.error = requireNonNull(error, "a log without its error");
    }
  }

  /// What a manager says in a session.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Assignments.class, name = "assignments"),
    @JsonSubTypes.Type(value = StatusesKept.class, name = "kept"),
    @JsonSubTypes.Type(value = Managers.class, name = "managers"),
    @JsonSubTypes.Type(value = Subscribe.class, name = "subscribe"),
    @JsonSubTypes.Type(value = Unsubscribe.class, name = "unsubscribe"),
  })
  public sealed interface FromManager {}

  /// What the node is to do. The first of a session is complete; later ones hold what changed.
  /// Either comes in parts where it is large, one after the other; each can be acted on, except
  /// that only with the last is it known what a complete one does not name.
  ///
  /// @param index Raft index of the state that it was made from
  /// @param complete whether tasks that neither this part nor those before it name are no longer
  ///   the node's
  /// @param more whether another part follows
  /// @param ingress null where it has not changed
  public record Assignments(
      long index,
      boolean complete,
      boolean more,
      List<Task> tasks,
      List<String> removed,
      @Nullable Ingress ingress)
      implements FromManager {}

  /// Every observation up to `sequence` is in the log.
  public record StatusesKept(long sequence) implements FromManager {}

  /// What a node needs to know of the cluster beside its tasks.
  ///
  /// @param addresses where managers are
  /// @param credentials null from a manager that is older than these
  /// @param gossip null where it has not changed
  /// @param stopAfterMillis of the services whose tasks must not outlive the contact with the
  ///   managers for longer: service id to milliseconds; null where it has not changed
  public record Managers(
      List<String> addresses,
      @Nullable Credentials credentials,
      @Nullable GossipChange gossip,
      @Nullable Map<String, Long> stopAfterMillis)
      implements FromManager {
    /// Where managers are, and no more.
    public Managers(List<String> addresses) {
      this(addresses, null, null, null);
    }
  }

  /// What a node's certificate is to be: one that differs is to be renewed now.
  ///
  /// @param role in the API's words
  /// @param roots to trust from now on, PEM; the first is the one that join tokens name
  /// @param issuer the authority that issues certificates now, PEM
  public record Credentials(String role, String roots, String issuer) {}

  /// Who takes part in gossip, and what it is sealed with.
  ///
  /// @param complete whether members that are not named are none
  /// @param members those that are new or have changed
  /// @param gone ids of those that are members no more
  /// @param keys all that count, oldest first
  public record GossipChange(
      boolean complete, List<GossipMember> members, List<String> gone, List<GossipKey> keys) {}

  /// One of them: where its gossip listens, and what its statements are verified with.
  public record GossipMember(String id, String address, int port, String publicKey) {}

  /// Asks for the logs of tasks.
  ///
  /// @param tail lines from the end, -1 for all
  /// @param since RFC 3339, empty for the beginning
  public record Subscribe(
      String subscription,
      List<String> taskIds,
      boolean follow,
      boolean stdout,
      boolean stderr,
      int tail,
      String since,
      String until)
      implements FromManager {
    /// Every part is needed.
    public Subscribe {
      requireNonNull(subscription, "a subscription without its id");
      requireNonNull(taskIds, "a subscription without tasks");
      requireNonNull(since, "a subscription without its beginning");
      requireNonNull(until, "a subscription without its end");
      taskIds.forEach(id -> requireNonNull(id, "a subscription to a task without id"));
    }
  }

  /// Enough of these logs.
  public record Unsubscribe(String subscription) implements FromManager {}

  /// The ingress network as one node must make it. Addresses are IPv4 as ints.
  public record Ingress(
      int vni,
      int network,
      int prefix,
      int dataPathPort,
      int self,
      List<IngressPeer> peers,
      List<IngressEndpoint> endpoints,
      List<IngressPort> ports) {}

  /// Another host: where it is, and its own address on the ingress network.
  public record IngressPeer(String underlay, int address) {}

  /// A task on another host.
  public record IngressEndpoint(int address, String underlay) {}

  /// A published port and the addresses of the healthy tasks behind it.
  public record IngressPort(
      String protocol, int publishedPort, int targetPort, List<Integer> backends) {}
}
