package swarm.scheduler.model;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One machine of the cluster.
///
/// @param id the CN of the node's certificate
/// @param manager where and as whom the node takes part in Raft; null for a worker
/// @param ingressAddress the node's own IPv4 address on the ingress network, as an int; 0 until it
///   is allocated
public record Node(
    String id,
    Version version,
    NodeSpec spec,
    Description description,
    Status status,
    @Nullable Manager manager,
    int ingressAddress) {

  /// How a node is seen by the managers.
  public enum State {
    /// Certificate issued, no session yet.
    UNKNOWN,
    /// In session.
    READY,
    /// The host answers, its daemon does not: tasks are kept until the lease ends.
    DISCONNECTED,
    /// Gone: its tasks are replaced.
    DOWN
  }

  /// @param address the address that other nodes reach the node at
  /// @param since when the state was entered; the lease of DISCONNECTED counts from here
  /// @param flaps how often the node was lost lately; null: never
  public record Status(
      State state, String message, String address, Instant since, @Nullable Flaps flaps) {
    /// The message of a node that is ready, and whose manager takes no part in the log.
    public static final String OUT_OF_TOUCH =
        "its manager has not been heard by the leader for 10 s";

    public Status(State state, String message, String address, Instant since) {
      this(state, message, address, since, null);
    }
  }

  /// @param raftId the Raft member id: new for every new disk
  /// @param address `host:port` of the cluster port
  public record Manager(String raftId, String address) {}

  /// Whether this is a manager that takes part in the log, as far as the leader knows: a host that
  /// answers for a daemon that does not has no part in it.
  public boolean managerReachable() {
    return manager != null
        && status.state() == State.READY
        && !status.message().equals(Status.OUT_OF_TOUCH);
  }

  /// Where other hosts send what is for its containers.
  public String dataPath() {
    String own = description.dataPath();
    return own == null ? status.address() : own;
  }

  /// What the node says of itself.
  ///
  /// @param nanoCpus billionths of a CPU
  /// @param memoryBytes bytes of memory
  /// @param tls what its certificate is; null from a node that is older than this
  /// @param gossip how other nodes' gossip reaches it; null where it takes no part
  /// @param genericResources what else it has; null from a node that is older than this
  /// @param agentFormat what its agent can do with a task ([AgentFormat]); null from a node that is
  ///   older than this
  /// @param dataPath its address for the traffic of containers; null where that is the address
  ///   towards the others for all else, too
  public record Description(
      String hostname,
      String os,
      String architecture,
      long nanoCpus,
      long memoryBytes,
      String engineVersion,
      Map<String, String> engineLabels,
      @Nullable Tls tls,
      @Nullable Gossip gossip,
      @Nullable List<GenericResource> genericResources,
      @Nullable Integer agentFormat,
      @Nullable String dataPath) {
    /// Of a node whose containers' traffic goes where all else goes.
    public Description(
        String hostname,
        String os,
        String architecture,
        long nanoCpus,
        long memoryBytes,
        String engineVersion,
        Map<String, String> engineLabels,
        @Nullable Tls tls,
        @Nullable Gossip gossip,
        @Nullable List<GenericResource> genericResources,
        @Nullable Integer agentFormat) {
      this(
          hostname,
          os,
          architecture,
          nanoCpus,
          memoryBytes,
          engineVersion,
          engineLabels,
          tls,
          gossip,
          genericResources,
          agentFormat,
          null);
    }

    /// Of a node that does not say what its certificate is, nor where its gossip listens.
    public Description(
        String hostname,
        String os,
        String architecture,
        long nanoCpus,
        long memoryBytes,
        String engineVersion,
        Map<String, String> engineLabels) {
      this(
          hostname,
          os,
          architecture,
          nanoCpus,
          memoryBytes,
          engineVersion,
          engineLabels,
          null,
          null,
          null,
          null);
    }

    /// The same with what its certificate is.
    public Description with(Tls newTls) {
      return with(newTls, gossip, genericResources, agentFormat);
    }

    /// This description with where the node's gossip listens.
    public Description with(Gossip endpoint) {
      return with(tls, endpoint, genericResources, agentFormat);
    }

    /// This description without that.
    public Description withoutGossip() {
      return with(tls, null, genericResources, agentFormat);
    }

    /// This description with what else the node has.
    public Description with(List<GenericResource> others) {
      return with(tls, gossip, others, agentFormat);
    }

    /// This description with what the node's agent can do.
    public Description withAgent(int format) {
      return with(tls, gossip, genericResources, format);
    }

    private Description with(
        @Nullable Tls newTls,
        @Nullable Gossip endpoint,
        @Nullable List<GenericResource> others,
        @Nullable Integer format) {
      return new Description(
          hostname,
          os,
          architecture,
          nanoCpus,
          memoryBytes,
          engineVersion,
          engineLabels,
          newTls,
          endpoint,
          others,
          format,
          dataPath);
    }

    /// This description with another address for the traffic of containers.
    ///
    /// @param address null for none of its own
    public Description withDataPath(@Nullable String address) {
      return new Description(
          hostname,
          os,
          architecture,
          nanoCpus,
          memoryBytes,
          engineVersion,
          engineLabels,
          tls,
          gossip,
          genericResources,
          agentFormat,
          address);
    }

    /// Whether the node's agent can do what a task asks.
    public boolean understands(int format) {
      return (agentFormat == null ? AgentFormat.FIRST : agentFormat) >= format;
    }

    /// What else the node has; empty where it said nothing.
    public List<GenericResource> genericOrNone() {
      return NonNulls.of(genericResources);
    }
  }

  /// What a node's certificate is, and whom the node trusts.
  ///
  /// @param trustRoot the root that join tokens name, as the node has it, PEM
  /// @param issuerSubject base 64 of the subject of who issued the certificate (DER)
  /// @param issuerPublicKey base 64 of the same's key (SubjectPublicKeyInfo)
  /// @param notAfter when the certificate expires
  public record Tls(
      String trustRoot, String issuerSubject, String issuerPublicKey, Instant notAfter) {}

  /// Whether this node's certificate is to be a manager's: one that was demoted keeps its until the
  /// log names it no more.
  public boolean holdsManagerRole() {
    return spec.manager() || manager != null;
  }

  /// Where a node's gossip listens, and what its statements are verified with.
  ///
  /// @param port UDP, at the node's address
  /// @param publicKey of the daemon that runs there now: Base64 of the X.509 form
  public record Gossip(int port, String publicKey) {}

  /// Whether tasks on this node can be expected to run on.
  public boolean alive() {
    return status.state() == State.READY || status.state() == State.DISCONNECTED;
  }

  /// Whether the scheduler may place new tasks here.
  public boolean schedulable() {
    return status.state() == State.READY && spec.active();
  }

  /// This node with another version, spec, status ... each of these keeps the rest.
  public Node with(Version newVersion, NodeSpec newSpec) {
    return new Node(id, newVersion, newSpec, description, status, manager, ingressAddress);
  }

  /// This node with what it said of itself.
  public Node with(Version newVersion, Description newDescription) {
    return new Node(id, newVersion, spec, newDescription, status, manager, ingressAddress);
  }

  /// This node with another status.
  public Node with(Version newVersion, Status newStatus) {
    return new Node(id, newVersion, spec, description, newStatus, manager, ingressAddress);
  }

  /// This node as a member of Raft, or as none.
  public Node withManager(Version newVersion, @Nullable Manager newManager) {
    return new Node(id, newVersion, spec, description, status, newManager, ingressAddress);
  }

  /// This node with an address on the ingress network.
  public Node withIngress(Version newVersion, int address) {
    return new Node(id, newVersion, spec, description, status, manager, address);
  }
}
