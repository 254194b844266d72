package swarm.node.rpc;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import swarm.scheduler.model.GossipKey;
import swarm.scheduler.model.Node;
import swarm.scheduler.model.Payload;
import swarm.scheduler.model.RegistryAuth;
import swarm.scheduler.model.Task;
import swarm.scheduler.state.Command.ReportTasks.Observation;

/// What an agent and the manager that serves it say to each other in a session. Fields may be
/// added; a reader ignores those that it does not know.
public final class SessionMessages {
  private SessionMessages() {}

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
  ///
  /// @param networkApplied the [Assignments#index] that the host's load balancers were last made
  ///   from, those of published ports and of virtual addresses; null from an agent that is older
  ///   than this
  public record Beat(@Nullable Long networkApplied) implements FromAgent {
    /// One that says nothing of its network.
    public Beat() {
      this(null);
    }
  }

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
  /// @param paused whether the agent goes on with this log only once it gets a [LogCredit]; then
  ///   there is no data. Null for no
  /// @param details what the logger says of each line, `KEY=VALUE,...` as in a URL's query; null
  ///   for nothing
  public record LogChunk(
      String subscription,
      String taskId,
      int stream,
      String timestamp,
      byte @Nullable [] data,
      boolean last,
      String error,
      @Nullable Boolean paused,
      @Nullable String details)
      implements FromAgent {
    /// One after which more may follow at once.
    public LogChunk(
        String subscription,
        String taskId,
        int stream,
        String timestamp,
        byte @Nullable [] data,
        boolean last,
        String error) {
      this(subscription, taskId, stream, timestamp, data, last, error, null, null);
    }

    /// One after which the agent waits for a [LogCredit].
    public static LogChunk pausing(String subscription, String taskId) {
      return new LogChunk(subscription, taskId, 0, "", null, false, "", true, null);
    }

    /// Every part but the data is needed. (Written out: of a compact constructor, class files do
    /// not say that the data may be null.)
    public LogChunk(
        String subscription,
        String taskId,
        int stream,
        String timestamp,
        byte @Nullable [] data,
        boolean last,
        String error,
        @Nullable Boolean paused,
        @Nullable String details) {
      this.subscription = requireNonNull(subscription, "a log without its subscription");
      this.taskId = requireNonNull(taskId, "a log without its task");
      this.stream = stream;
      this.timestamp = requireNonNull(timestamp, "a log without its time");
      this.data = data;
      this.last = last;
      this.error = requireNonNull(error, "a log without its error");
      this.paused = paused;
      this.details = details;
    }

    /// What the logger says of each line; empty for nothing.
    public String detailsOrNone() {
      return details == null ? "" : details;
    }

    /// Whether the agent waits for a [LogCredit].
    public boolean pauses() {
      return paused != null && paused;
    }

    /// When its line was written; empty where no agent of ours would say so: what a worker makes up
    /// must not end the reading of other nodes' logs, nor stand in a stream that clients do not
    /// know.
    public Optional<Instant> written() {
      try {
        return stream == 1 || stream == 2
            ? Optional.of(Instant.parse(timestamp))
            : Optional.empty();
      } catch (DateTimeParseException _) {
        return Optional.empty();
      }
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
    @JsonSubTypes.Type(value = LogCredit.class, name = "credit"),
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
  /// @param payloads secrets and configs of tasks that are told now or in the parts that follow;
  ///   null for none. They count for as long as a task that is to run has them
  /// @param serviceLabels of services, by their ids, whose tasks' templates may ask for them; null
  ///   for none
  /// @param overlays networks that users made; null where nothing of them has changed
  /// @param registryAuth of services, by their ids, whose tasks' images may have to be pulled; null
  ///   for none
  public record Assignments(
      long index,
      boolean complete,
      boolean more,
      List<Task> tasks,
      List<String> removed,
      @Nullable Ingress ingress,
      @Nullable List<Payload> payloads,
      @Nullable Map<String, Map<String, String>> serviceLabels,
      @Nullable Overlays overlays,
      @Nullable Map<String, RegistryAuth> registryAuth)
      implements FromManager {
    /// Some of tasks that need neither.
    public Assignments(
        long index,
        boolean complete,
        boolean more,
        List<Task> tasks,
        List<String> removed,
        @Nullable Ingress ingress) {
      this(index, complete, more, tasks, removed, ingress, null, null, null, null);
    }

    /// The secrets and configs; none where nothing is said.
    public List<Payload> payloadsOrNone() {
      return payloads == null ? List.of() : payloads;
    }

    /// The labels; none where nothing is said.
    public Map<String, Map<String, String>> labelsOrNone() {
      return serviceLabels == null ? Map.of() : serviceLabels;
    }

    /// The credentials; none where nothing is said.
    public Map<String, RegistryAuth> authOrNone() {
      return registryAuth == null ? Map.of() : registryAuth;
    }
  }

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
  ///
  /// @param dataPath where its host takes what is for its containers; null where that is the same
  ///   address
  public record GossipMember(
      String id, String address, int port, String publicKey, @Nullable String dataPath) {
    /// One with one address for all.
    public GossipMember(String id, String address, int port, String publicKey) {
      this(id, address, port, publicKey, null);
    }
  }

  /// Asks for the logs of tasks.
  ///
  /// @param tail lines from the end, -1 for all
  /// @param since RFC 3339, empty for the beginning
  /// @param window about how many bytes of each log may be on their way before the agent pauses;
  ///   null, and for older agents, no limit
  public record Subscribe(
      String subscription,
      List<String> taskIds,
      boolean follow,
      boolean stdout,
      boolean stderr,
      int tail,
      String since,
      String until,
      @Nullable Integer window)
      implements FromManager {
    /// Without a limit of what is on its way.
    public Subscribe(
        String subscription,
        List<String> taskIds,
        boolean follow,
        boolean stdout,
        boolean stderr,
        int tail,
        String since,
        String until) {
      this(subscription, taskIds, follow, stdout, stderr, tail, since, until, null);
    }

    /// Every part but the window is needed. (Written out: of a compact constructor, class files do
    /// not say that it may be null.)
    public Subscribe(
        String subscription,
        List<String> taskIds,
        boolean follow,
        boolean stdout,
        boolean stderr,
        int tail,
        String since,
        String until,
        @Nullable Integer window) {
      this.subscription = requireNonNull(subscription, "a subscription without its id");
      this.taskIds = requireNonNull(taskIds, "a subscription without tasks");
      this.follow = follow;
      this.stdout = stdout;
      this.stderr = stderr;
      this.tail = tail;
      this.since = requireNonNull(since, "a subscription without its beginning");
      this.until = requireNonNull(until, "a subscription without its end");
      this.window = window;
      taskIds.forEach(id -> requireNonNull(id, "a subscription to a task without id"));
    }
  }

  /// What was sent of a task's log has been taken: as much again may follow. Only an agent that
  /// said that it pauses is told so; older ones do not know this.
  public record LogCredit(String subscription, String taskId) implements FromManager {}

  /// Enough of these logs.
  public record Unsubscribe(String subscription) implements FromManager {}

  /// The ingress network as one node must make it. Addresses are IPv4 as ints.
  ///
  /// @param self this node's; 0 where there is no ingress network (only agents of
  ///   [swarm.scheduler.model.AgentFormat#FIFTH] are told so)
  /// @param mtu bytes of one frame's payload; null for what the data path leaves
  public record Ingress(
      int vni,
      int network,
      int prefix,
      int dataPathPort,
      int self,
      List<IngressPeer> peers,
      List<IngressEndpoint> endpoints,
      List<IngressPort> ports,
      @Nullable Integer mtu) {
    /// One with what the data path leaves.
    public Ingress(
        int vni,
        int network,
        int prefix,
        int dataPathPort,
        int self,
        List<IngressPeer> peers,
        List<IngressEndpoint> endpoints,
        List<IngressPort> ports) {
      this(vni, network, prefix, dataPathPort, self, peers, endpoints, ports, null);
    }

    /// None.
    public static Ingress none(int dataPathPort) {
      return new Ingress(0, 0, 0, dataPathPort, 0, List.of(), List.of(), List.of());
    }

    /// Whether there is one.
    public boolean present() {
      return self != 0;
    }
  }

  /// What a node must know of the networks that users made and tasks of its are on.
  ///
  /// @param all the ids of all of them; null where these are the same as before
  public record Overlays(@Nullable List<String> all, List<OverlayChange> changes) {
    /// Every part but the ids is needed.
    public Overlays(@Nullable List<String> all, List<OverlayChange> changes) {
      this.all = all;
      this.changes = requireNonNull(changes, "networks without what changed of them");
    }
  }

  /// What changed of one network. Addresses are IPv4 as ints.
  ///
  /// @param network what it is; null where it is as before, and else all that was known of it
  ///   counts no more
  /// @param endpoints those that are new or have changed
  /// @param gone addresses at which there is none any more
  /// @param services those that are new or have changed
  /// @param goneServices ids of those that are on it no more
  public record OverlayChange(
      String networkId,
      @Nullable OverlayNetwork network,
      List<OverlayEndpoint> endpoints,
      List<Integer> gone,
      List<OverlayService> services,
      List<String> goneServices) {}

  /// @param mtu bytes of one frame's payload; 0 for what the data path leaves
  public record OverlayNetwork(
      String name, int vni, int dataPathPort, int subnet, int prefix, boolean internal, int mtu) {}

  /// Somebody on a network.
  ///
  /// @param underlay where its host is
  /// @param names what it is called there
  /// @param serviceId of the service that it is a task of; empty for none
  /// @param healthy whether it takes new connections
  /// @param taskId the task that it is; null for none, and from a manager that is older than this
  public record OverlayEndpoint(
      int address,
      String underlay,
      List<String> names,
      String serviceId,
      boolean healthy,
      @Nullable String taskId) {
    /// One that is no task.
    public OverlayEndpoint(
        int address, String underlay, List<String> names, String serviceId, boolean healthy) {
      this(address, underlay, names, serviceId, healthy, null);
    }

    /// The same, which takes no new connections.
    public OverlayEndpoint resting() {
      return new OverlayEndpoint(address, underlay, names, serviceId, false, taskId);
    }
  }

  /// A service on a network.
  ///
  /// @param virtualIp its own address; 0 where its name leads to its tasks one by one
  /// @param aliases further names there
  /// @param affinity whether all calls of one caller go to the same task; null for no
  public record OverlayService(
      String id, String name, int virtualIp, List<String> aliases, @Nullable Boolean affinity) {
    /// One whose callers meet any task.
    public OverlayService(String id, String name, int virtualIp, List<String> aliases) {
      this(id, name, virtualIp, aliases, null);
    }

    /// Whether callers keep their task.
    public boolean keepsCallers() {
      return affinity != null && affinity;
    }
  }

  /// Another host: where it is, and its own address on the ingress network.
  public record IngressPeer(String underlay, int address) {}

  /// A task on another host.
  ///
  /// @param taskId null from a manager that is older than this
  public record IngressEndpoint(int address, String underlay, @Nullable String taskId) {}

  /// A published port and the addresses of the healthy tasks behind it.
  ///
  /// @param hostAddresses the network of those addresses of a host at which it answers, as
  ///   `10.0.0.0/8`; null for all
  /// @param affinity whether all calls of one caller go to the same task; null for no
  public record IngressPort(
      String protocol,
      int publishedPort,
      int targetPort,
      List<Integer> backends,
      @Nullable String hostAddresses,
      @Nullable Boolean affinity) {
    /// One that answers everywhere, by any task.
    public IngressPort(String protocol, int publishedPort, int targetPort, List<Integer> backends) {
      this(protocol, publishedPort, targetPort, backends, null, null);
    }

    /// Whether callers keep their task.
    public boolean keepsCallers() {
      return affinity != null && affinity;
    }
  }
}
