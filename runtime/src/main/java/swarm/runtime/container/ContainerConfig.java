package swarm.runtime.container;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.oci.Resources;

/// Everything needed to run a container. Immutable; made with [#builder] or, changed, with
/// [#toBuilder]. Maps keep their order.
///
/// @param imageId the image, as the engine's [swarm.runtime.snapshot.RootfsProvider] knows it
/// @param args program and arguments, entrypoint and command merged; not empty at start
/// @param env `NAME=value`; a bare `NAME` unsets a default
/// @param workingDir absolute, `/` if empty; made if missing
/// @param user `user[:group]`, names or numbers; root if empty
/// @param groupAdd further groups of the process
/// @param hostname the first 12 digits of the id if empty
/// @param domainname NIS domain name
/// @param labels the user's, without meaning here
/// @param tty whether the process gets a terminal
/// @param openStdin whether standard input is held open
/// @param stdinOnce whether standard input ends with the first client that attached to it
/// @param attachStdin as asked for; kept for the API
/// @param attachStdout likewise
/// @param attachStderr likewise
/// @param mounts what is mounted beside the standard file systems
/// @param resources limits
/// @param capAdd capabilities beyond the default ones
/// @param capDrop capabilities to leave out
/// @param privileged all capabilities and devices, nothing masked, no seccomp
/// @param readOnlyRootfs whether the root cannot be written
/// @param securityOpts `no-new-privileges`, `seccomp=unconfined`, `seccomp=` and a profile's JSON
///   or absolute path
/// @param sysctls kernel parameters of its namespaces
/// @param shmSizeBytes size of `/dev/shm`
/// @param init whether a small init reaps processes and forwards signals
/// @param stopSignal what `stop` sends first
/// @param stopTimeoutSeconds how long `stop` waits before SIGKILL; -1 for ever
/// @param oomScoreAdj -1000 to 1000
/// @param autoRemove whether the container is removed when it ends
/// @param restartPolicy when the engine starts it again
/// @param networkMode `none`, `host`, `container:ID`; anything else is the network port's affair
/// @param pidMode own if empty, `host` or `container:ID`
/// @param ipcMode own if empty, `private` or `shareable` (by others); own without shared memory if
///   `none`; `host` or `container:ID`
/// @param extraHosts `name:address` lines for `/etc/hosts`
/// @param dnsServers for `/etc/resolv.conf`; read by the network port too
/// @param dnsSearch search domains
/// @param dnsOptions resolver options
/// @param logging where output goes
/// @param health how its health is checked
/// @param host how it stands to its host in less usual ways
/// @param attributes opaque to the engine
public record ContainerConfig(
    String imageId,
    List<String> args,
    List<String> env,
    String workingDir,
    String user,
    List<String> groupAdd,
    String hostname,
    String domainname,
    Map<String, String> labels,
    boolean tty,
    boolean openStdin,
    boolean stdinOnce,
    boolean attachStdin,
    boolean attachStdout,
    boolean attachStderr,
    List<ContainerMount> mounts,
    Resources resources,
    List<String> capAdd,
    List<String> capDrop,
    boolean privileged,
    boolean readOnlyRootfs,
    List<String> securityOpts,
    Map<String, String> sysctls,
    long shmSizeBytes,
    boolean init,
    String stopSignal,
    int stopTimeoutSeconds,
    int oomScoreAdj,
    boolean autoRemove,
    RestartPolicy restartPolicy,
    String networkMode,
    String pidMode,
    String ipcMode,
    List<String> extraHosts,
    List<String> dnsServers,
    List<String> dnsSearch,
    List<String> dnsOptions,
    LogConfig logging,
    HealthCheck health,
    HostOptions host,
    Map<String, String> attributes) {

  // A component that is missing in a file of an older version is null here.
  public ContainerConfig {
    imageId = imageId == null ? "" : imageId;
    args = args == null ? List.of() : List.copyOf(args);
    env = env == null ? List.of() : List.copyOf(env);
    workingDir = workingDir == null ? "" : workingDir;
    user = user == null ? "" : user;
    groupAdd = groupAdd == null ? List.of() : List.copyOf(groupAdd);
    hostname = hostname == null ? "" : hostname;
    domainname = domainname == null ? "" : domainname;
    labels = ordered(labels);
    mounts = mounts == null ? List.of() : List.copyOf(mounts);
    resources = resources == null ? Resources.UNLIMITED : resources;
    capAdd = capAdd == null ? List.of() : List.copyOf(capAdd);
    capDrop = capDrop == null ? List.of() : List.copyOf(capDrop);
    securityOpts = securityOpts == null ? List.of() : List.copyOf(securityOpts);
    sysctls = ordered(sysctls);
    stopSignal = stopSignal == null ? "SIGTERM" : stopSignal;
    restartPolicy = restartPolicy == null ? RestartPolicy.NO : restartPolicy;
    networkMode = networkMode == null ? "" : networkMode;
    pidMode = pidMode == null ? "" : pidMode;
    ipcMode = ipcMode == null ? "" : ipcMode;
    extraHosts = extraHosts == null ? List.of() : List.copyOf(extraHosts);
    dnsServers = dnsServers == null ? List.of() : List.copyOf(dnsServers);
    dnsSearch = dnsSearch == null ? List.of() : List.copyOf(dnsSearch);
    dnsOptions = dnsOptions == null ? List.of() : List.copyOf(dnsOptions);
    logging = logging == null ? LogConfig.DEFAULT : logging;
    health = health == null ? HealthCheck.NONE : health;
    host = host == null ? HostOptions.DEFAULT : host;
    attributes = ordered(attributes);
  }

  private static Map<String, String> ordered(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : java.util.Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /// A builder with every default.
  public static Builder builder(String imageId, List<String> args) {
    return new Builder().imageId(imageId).args(args);
  }

  /// A builder that starts from this.
  public Builder toBuilder() {
    var builder = new Builder();
    builder.imageId = imageId;
    builder.args = args;
    builder.env = env;
    builder.workingDir = workingDir;
    builder.user = user;
    builder.groupAdd = groupAdd;
    builder.hostname = hostname;
    builder.domainname = domainname;
    builder.labels = labels;
    builder.tty = tty;
    builder.openStdin = openStdin;
    builder.stdinOnce = stdinOnce;
    builder.attachStdin = attachStdin;
    builder.attachStdout = attachStdout;
    builder.attachStderr = attachStderr;
    builder.mounts = mounts;
    builder.resources = resources;
    builder.capAdd = capAdd;
    builder.capDrop = capDrop;
    builder.privileged = privileged;
    builder.readOnlyRootfs = readOnlyRootfs;
    builder.securityOpts = securityOpts;
    builder.sysctls = sysctls;
    builder.shmSizeBytes = shmSizeBytes;
    builder.init = init;
    builder.stopSignal = stopSignal;
    builder.stopTimeoutSeconds = stopTimeoutSeconds;
    builder.oomScoreAdj = oomScoreAdj;
    builder.autoRemove = autoRemove;
    builder.restartPolicy = restartPolicy;
    builder.networkMode = networkMode;
    builder.pidMode = pidMode;
    builder.ipcMode = ipcMode;
    builder.extraHosts = extraHosts;
    builder.dnsServers = dnsServers;
    builder.dnsSearch = dnsSearch;
    builder.dnsOptions = dnsOptions;
    builder.logging = logging;
    builder.health = health;
    builder.host = host;
    builder.attributes = attributes;
    return builder;
  }

  /// Collects the components; each method returns the builder. For one thread.
  public static final class Builder {
    private String imageId = "";
    private List<String> args = List.of();
    private List<String> env = List.of();
    private String workingDir = "";
    private String user = "";
    private List<String> groupAdd = List.of();
    private String hostname = "";
    private String domainname = "";
    private Map<String, String> labels = Map.of();
    private boolean tty = false;
    private boolean openStdin = false;
    private boolean stdinOnce = false;
    private boolean attachStdin = false;
    private boolean attachStdout = false;
    private boolean attachStderr = false;
    private List<ContainerMount> mounts = List.of();
    private Resources resources = Resources.UNLIMITED;
    private List<String> capAdd = List.of();
    private List<String> capDrop = List.of();
    private boolean privileged = false;
    private boolean readOnlyRootfs = false;
    private List<String> securityOpts = List.of();
    private Map<String, String> sysctls = Map.of();
    private long shmSizeBytes = 64L << 20;
    private boolean init = false;
    private String stopSignal = "SIGTERM";
    private int stopTimeoutSeconds = 10;
    private int oomScoreAdj = 0;
    private boolean autoRemove = false;
    private RestartPolicy restartPolicy = RestartPolicy.NO;
    private String networkMode = "";
    private String pidMode = "";
    private String ipcMode = "";
    private List<String> extraHosts = List.of();
    private List<String> dnsServers = List.of();
    private List<String> dnsSearch = List.of();
    private List<String> dnsOptions = List.of();
    private LogConfig logging = LogConfig.DEFAULT;
    private HealthCheck health = HealthCheck.NONE;
    private HostOptions host = HostOptions.DEFAULT;
    private Map<String, String> attributes = Map.of();

    private Builder() {}

    /// Sets imageId: the image, as the engine's [swarm.runtime.snapshot.RootfsProvider] knows it.
    public Builder imageId(String value) {
      imageId = value;
      return this;
    }

    /// Sets args: program and arguments, entrypoint and command merged; not empty at start.
    public Builder args(List<String> value) {
      args = value;
      return this;
    }

    /// Sets env: `NAME=value`; a bare `NAME` unsets a default.
    public Builder env(List<String> value) {
      env = value;
      return this;
    }

    /// Sets workingDir: absolute, `/` if empty; made if missing.
    public Builder workingDir(String value) {
      workingDir = value;
      return this;
    }

    /// Sets user: `user[:group]`, names or numbers; root if empty.
    public Builder user(String value) {
      user = value;
      return this;
    }

    /// Sets groupAdd: further groups of the process.
    public Builder groupAdd(List<String> value) {
      groupAdd = value;
      return this;
    }

    /// Sets hostname: the first 12 digits of the id if empty.
    public Builder hostname(String value) {
      hostname = value;
      return this;
    }

    /// Sets domainname: NIS domain name.
    public Builder domainname(String value) {
      domainname = value;
      return this;
    }

    /// Sets labels: the user's, without meaning here.
    public Builder labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    /// Sets tty: whether the process gets a terminal.
    public Builder tty(boolean value) {
      tty = value;
      return this;
    }

    /// Sets openStdin: whether standard input is held open.
    public Builder openStdin(boolean value) {
      openStdin = value;
      return this;
    }

    /// Sets stdinOnce: whether standard input ends with the first client that attached to it.
    public Builder stdinOnce(boolean value) {
      stdinOnce = value;
      return this;
    }

    /// Sets attachStdin: as asked for; kept for the API.
    public Builder attachStdin(boolean value) {
      attachStdin = value;
      return this;
    }

    /// Sets attachStdout: likewise.
    public Builder attachStdout(boolean value) {
      attachStdout = value;
      return this;
    }

    /// Sets attachStderr: likewise.
    public Builder attachStderr(boolean value) {
      attachStderr = value;
      return this;
    }

    /// Sets mounts: what is mounted beside the standard file systems.
    public Builder mounts(List<ContainerMount> value) {
      mounts = value;
      return this;
    }

    /// Sets resources: limits.
    public Builder resources(Resources value) {
      resources = value;
      return this;
    }

    /// Sets capAdd: capabilities beyond the default ones.
    public Builder capAdd(List<String> value) {
      capAdd = value;
      return this;
    }

    /// Sets capDrop: capabilities to leave out.
    public Builder capDrop(List<String> value) {
      capDrop = value;
      return this;
    }

    /// Sets privileged: all capabilities and devices, nothing masked, no seccomp.
    public Builder privileged(boolean value) {
      privileged = value;
      return this;
    }

    /// Sets readOnlyRootfs: whether the root cannot be written.
    public Builder readOnlyRootfs(boolean value) {
      readOnlyRootfs = value;
      return this;
    }

    /// Sets securityOpts: `no-new-privileges`, `seccomp=unconfined`, `seccomp=` and a profile's
    /// JSON or absolute path.
    public Builder securityOpts(List<String> value) {
      securityOpts = value;
      return this;
    }

    /// Sets sysctls: kernel parameters of its namespaces.
    public Builder sysctls(Map<String, String> value) {
      sysctls = value;
      return this;
    }

    /// Sets shmSizeBytes: size of `/dev/shm`.
    public Builder shmSizeBytes(long value) {
      shmSizeBytes = value;
      return this;
    }

    /// Sets init: whether a small init reaps processes and forwards signals.
    public Builder init(boolean value) {
      init = value;
      return this;
    }

    /// Sets stopSignal: what `stop` sends first.
    public Builder stopSignal(String value) {
      stopSignal = value;
      return this;
    }

    /// Sets stopTimeoutSeconds: how long `stop` waits before SIGKILL; -1 for ever.
    public Builder stopTimeoutSeconds(int value) {
      stopTimeoutSeconds = value;
      return this;
    }

    /// Sets oomScoreAdj: -1000 to 1000.
    public Builder oomScoreAdj(int value) {
      oomScoreAdj = value;
      return this;
    }

    /// Sets autoRemove: whether the container is removed when it ends.
    public Builder autoRemove(boolean value) {
      autoRemove = value;
      return this;
    }

    /// Sets restartPolicy: when the engine starts it again.
    public Builder restartPolicy(RestartPolicy value) {
      restartPolicy = value;
      return this;
    }

    /// Sets networkMode: `none`, `host`, `container:ID`; anything else is the network port's
    /// affair.
    public Builder networkMode(String value) {
      networkMode = value;
      return this;
    }

    /// Sets pidMode: own if empty, `host` or `container:ID`.
    public Builder pidMode(String value) {
      pidMode = value;
      return this;
    }

    /// Sets ipcMode: own if empty or `private`/`shareable`, `host` or `container:ID`.
    public Builder ipcMode(String value) {
      ipcMode = value;
      return this;
    }

    /// Sets extraHosts: `name:address` lines for `/etc/hosts`.
    public Builder extraHosts(List<String> value) {
      extraHosts = value;
      return this;
    }

    /// Sets dnsServers: for `/etc/resolv.conf`; read by the network port too.
    public Builder dnsServers(List<String> value) {
      dnsServers = value;
      return this;
    }

    /// Sets dnsSearch: search domains.
    public Builder dnsSearch(List<String> value) {
      dnsSearch = value;
      return this;
    }

    /// Sets dnsOptions: resolver options.
    public Builder dnsOptions(List<String> value) {
      dnsOptions = value;
      return this;
    }

    /// Sets logging: where output goes.
    public Builder logging(LogConfig value) {
      logging = value;
      return this;
    }

    /// Sets health: how its health is checked.
    public Builder health(HealthCheck value) {
      health = value;
      return this;
    }

    /// Sets host: how it stands to its host in less usual ways.
    public Builder host(HostOptions value) {
      host = value;
      return this;
    }

    /// Sets attributes: opaque to the engine.
    public Builder attributes(Map<String, String> value) {
      attributes = value;
      return this;
    }

    /// The configuration.
    public ContainerConfig build() {
      return new ContainerConfig(
          imageId,
          args,
          env,
          workingDir,
          user,
          groupAdd,
          hostname,
          domainname,
          labels,
          tty,
          openStdin,
          stdinOnce,
          attachStdin,
          attachStdout,
          attachStderr,
          mounts,
          resources,
          capAdd,
          capDrop,
          privileged,
          readOnlyRootfs,
          securityOpts,
          sysctls,
          shmSizeBytes,
          init,
          stopSignal,
          stopTimeoutSeconds,
          oomScoreAdj,
          autoRemove,
          restartPolicy,
          networkMode,
          pidMode,
          ipcMode,
          extraHosts,
          dnsServers,
          dnsSearch,
          dnsOptions,
          logging,
          health,
          host,
          attributes);
    }
  }
}
