package swarm.runtime.container;

import java.util.List;
import java.util.Map;
import swarm.runtime.health.HealthCheck;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.oci.Resources;

/// Collects what a [ContainerConfig] has, whatever group it is in there; each method returns the
/// builder. For one thread.
public final class ContainerConfigBuilder {
  private final String imageId;
  private final List<String> args;
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
  private List<ProvidedFile> files = List.of();

  ContainerConfigBuilder(String imageId, List<String> args) {
    this.imageId = imageId;
    this.args = args;
  }

  ContainerConfigBuilder(ContainerConfig config) {
    imageId = config.imageId();
    args = config.process().args();
    env = config.process().env();
    workingDir = config.process().workingDir();
    user = config.process().user();
    groupAdd = config.process().groupAdd();
    hostname = config.hostname();
    domainname = config.domainname();
    labels = config.labels();
    tty = config.streams().tty();
    openStdin = config.streams().openStdin();
    stdinOnce = config.streams().stdinOnce();
    attachStdin = config.streams().attachStdin();
    attachStdout = config.streams().attachStdout();
    attachStderr = config.streams().attachStderr();
    mounts = config.mounts();
    resources = config.resources();
    capAdd = config.security().capAdd();
    capDrop = config.security().capDrop();
    privileged = config.security().privileged();
    readOnlyRootfs = config.security().readOnlyRootfs();
    securityOpts = config.security().securityOpts();
    sysctls = config.security().sysctls();
    shmSizeBytes = config.shmSizeBytes();
    init = config.init();
    stopSignal = config.stopSignal();
    stopTimeoutSeconds = config.stopTimeoutSeconds();
    oomScoreAdj = config.oomScoreAdj();
    autoRemove = config.autoRemove();
    restartPolicy = config.restartPolicy();
    networkMode = config.namespaces().networkMode();
    pidMode = config.namespaces().pidMode();
    ipcMode = config.namespaces().ipcMode();
    extraHosts = config.nameResolution().extraHosts();
    dnsServers = config.nameResolution().dnsServers();
    dnsSearch = config.nameResolution().dnsSearch();
    dnsOptions = config.nameResolution().dnsOptions();
    logging = config.logging();
    health = config.health();
    host = config.host();
    attributes = config.attributes();
    files = config.files();
  }

  /// Sets env: `NAME=value`; a bare `NAME` unsets a default.
  public ContainerConfigBuilder env(List<String> value) {
    env = value;
    return this;
  }

  /// Sets workingDir: absolute, `/` if empty; made if missing.
  public ContainerConfigBuilder workingDir(String value) {
    workingDir = value;
    return this;
  }

  /// Sets user: `user[:group]`, names or numbers; root if empty.
  public ContainerConfigBuilder user(String value) {
    user = value;
    return this;
  }

  /// Sets groupAdd: further groups of the process.
  public ContainerConfigBuilder groupAdd(List<String> value) {
    groupAdd = value;
    return this;
  }

  /// Sets hostname: the first 12 digits of the id if empty.
  public ContainerConfigBuilder hostname(String value) {
    hostname = value;
    return this;
  }

  /// Sets domainname: NIS domain name.
  public ContainerConfigBuilder domainname(String value) {
    domainname = value;
    return this;
  }

  /// Sets labels: the user's, without meaning here.
  public ContainerConfigBuilder labels(Map<String, String> value) {
    labels = value;
    return this;
  }

  /// Sets tty: whether the process gets a terminal.
  public ContainerConfigBuilder tty(boolean value) {
    tty = value;
    return this;
  }

  /// Sets openStdin: whether standard input is held open.
  public ContainerConfigBuilder openStdin(boolean value) {
    openStdin = value;
    return this;
  }

  /// Sets stdinOnce: whether standard input ends with the first client that attached to it.
  public ContainerConfigBuilder stdinOnce(boolean value) {
    stdinOnce = value;
    return this;
  }

  /// Sets attachStdin, attachStdout and attachStderr: as asked for; kept for the API.
  public ContainerConfigBuilder attached(boolean stdin, boolean stdout, boolean stderr) {
    attachStdin = stdin;
    attachStdout = stdout;
    attachStderr = stderr;
    return this;
  }

  /// Sets mounts: what is mounted beside the standard file systems.
  public ContainerConfigBuilder mounts(List<ContainerMount> value) {
    mounts = value;
    return this;
  }

  /// Sets resources: limits.
  public ContainerConfigBuilder resources(Resources value) {
    resources = value;
    return this;
  }

  /// Sets capAdd: capabilities beyond the default ones.
  public ContainerConfigBuilder capAdd(List<String> value) {
    capAdd = value;
    return this;
  }

  /// Sets capDrop: capabilities to leave out.
  public ContainerConfigBuilder capDrop(List<String> value) {
    capDrop = value;
    return this;
  }

  /// Sets privileged: all capabilities and devices, nothing masked, no seccomp.
  public ContainerConfigBuilder privileged(boolean value) {
    privileged = value;
    return this;
  }

  /// Sets readOnlyRootfs: whether the root cannot be written.
  public ContainerConfigBuilder readOnlyRootfs(boolean value) {
    readOnlyRootfs = value;
    return this;
  }

  /// Sets securityOpts: `no-new-privileges`, `seccomp=unconfined`, `seccomp=` and a profile's JSON
  /// or absolute path.
  public ContainerConfigBuilder securityOpts(List<String> value) {
    securityOpts = value;
    return this;
  }

  /// Sets sysctls: kernel parameters of its namespaces.
  public ContainerConfigBuilder sysctls(Map<String, String> value) {
    sysctls = value;
    return this;
  }

  /// Sets shmSizeBytes: size of `/dev/shm`.
  public ContainerConfigBuilder shmSizeBytes(long value) {
    shmSizeBytes = value;
    return this;
  }

  /// Sets init: whether a small init reaps processes and forwards signals.
  public ContainerConfigBuilder init(boolean value) {
    init = value;
    return this;
  }

  /// Sets stopSignal: what `stop` sends first.
  public ContainerConfigBuilder stopSignal(String value) {
    stopSignal = value;
    return this;
  }

  /// Sets stopTimeoutSeconds: how long `stop` waits before SIGKILL; -1 for ever.
  public ContainerConfigBuilder stopTimeoutSeconds(int value) {
    stopTimeoutSeconds = value;
    return this;
  }

  /// Sets oomScoreAdj: -1000 to 1000.
  public ContainerConfigBuilder oomScoreAdj(int value) {
    oomScoreAdj = value;
    return this;
  }

  /// Sets autoRemove: whether the container is removed when it ends.
  public ContainerConfigBuilder autoRemove(boolean value) {
    autoRemove = value;
    return this;
  }

  /// Sets restartPolicy: when the engine starts it again.
  public ContainerConfigBuilder restartPolicy(RestartPolicy value) {
    restartPolicy = value;
    return this;
  }

  /// Sets networkMode: `none`, `host`, `container:ID`; anything else is the network port's affair.
  public ContainerConfigBuilder networkMode(String value) {
    networkMode = value;
    return this;
  }

  /// Sets pidMode: own if empty, `host` or `container:ID`.
  public ContainerConfigBuilder pidMode(String value) {
    pidMode = value;
    return this;
  }

  /// Sets ipcMode: own if empty or `private`/`shareable`, `host` or `container:ID`.
  public ContainerConfigBuilder ipcMode(String value) {
    ipcMode = value;
    return this;
  }

  /// Sets extraHosts: `name:address` lines for `/etc/hosts`.
  public ContainerConfigBuilder extraHosts(List<String> value) {
    extraHosts = value;
    return this;
  }

  /// Sets dnsServers, dnsSearch and dnsOptions: for `/etc/resolv.conf`.
  public ContainerConfigBuilder dns(
      List<String> servers, List<String> search, List<String> options) {
    dnsServers = servers;
    dnsSearch = search;
    dnsOptions = options;
    return this;
  }

  /// Sets logging: where output goes.
  public ContainerConfigBuilder logging(LogConfig value) {
    logging = value;
    return this;
  }

  /// Sets health: how its health is checked.
  public ContainerConfigBuilder health(HealthCheck value) {
    health = value;
    return this;
  }

  /// Sets host: how it stands to its host in less usual ways.
  public ContainerConfigBuilder host(HostOptions value) {
    host = value;
    return this;
  }

  /// Sets attributes: opaque to the engine.
  public ContainerConfigBuilder attributes(Map<String, String> value) {
    attributes = value;
    return this;
  }

  /// Sets files: what is given to it at each start and never kept.
  public ContainerConfigBuilder files(List<ProvidedFile> value) {
    files = value;
    return this;
  }

  /// The configuration.
  public ContainerConfig build() {
    return new ContainerConfig(
        imageId,
        new ProcessConfig(args, env, workingDir, user, groupAdd),
        hostname,
        domainname,
        labels,
        new StreamConfig(tty, openStdin, stdinOnce, attachStdin, attachStdout, attachStderr),
        mounts,
        resources,
        new SecurityConfig(capAdd, capDrop, privileged, readOnlyRootfs, securityOpts, sysctls),
        shmSizeBytes,
        init,
        stopSignal,
        stopTimeoutSeconds,
        oomScoreAdj,
        autoRemove,
        restartPolicy,
        new NamespaceConfig(networkMode, pidMode, ipcMode),
        new NameResolution(extraHosts, dnsServers, dnsSearch, dnsOptions),
        logging,
        health,
        host,
        attributes,
        files);
  }
}
