package swarm.runtime.container;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Collections;
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
/// On disk it is flat, whatever is grouped here: older builds wrote it so and read it.
///
/// @param imageId the image, as the engine's [swarm.runtime.snapshot.RootfsProvider] knows it
/// @param process what runs, and as whom
/// @param hostname the first 12 digits of the id if empty
/// @param domainname NIS domain name
/// @param labels the user's, without meaning here
/// @param streams its standard streams
/// @param mounts what is mounted beside the standard file systems
/// @param resources limits
/// @param security what it may do
/// @param shmSizeBytes size of `/dev/shm`
/// @param init whether a small init reaps processes and forwards signals
/// @param stopSignal what `stop` sends first
/// @param stopTimeoutSeconds how long `stop` waits before SIGKILL; -1 for ever
/// @param oomScoreAdj -1000 to 1000
/// @param autoRemove whether the container is removed when it ends
/// @param restartPolicy when the engine starts it again
/// @param namespaces which namespaces it has to itself
/// @param nameResolution how names are resolved in it
/// @param logging where output goes
/// @param health how its health is checked
/// @param host how it stands to its host in less usual ways
/// @param attributes opaque to the engine
/// @param files what is given to it at each start and never kept
public record ContainerConfig(
    String imageId,
    @JsonUnwrapped ProcessConfig process,
    String hostname,
    String domainname,
    Map<String, String> labels,
    @JsonUnwrapped StreamConfig streams,
    List<ContainerMount> mounts,
    Resources resources,
    @JsonUnwrapped SecurityConfig security,
    long shmSizeBytes,
    boolean init,
    String stopSignal,
    int stopTimeoutSeconds,
    int oomScoreAdj,
    boolean autoRemove,
    RestartPolicy restartPolicy,
    @JsonUnwrapped NamespaceConfig namespaces,
    @JsonUnwrapped NameResolution nameResolution,
    LogConfig logging,
    HealthCheck health,
    HostOptions host,
    Map<String, String> attributes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ProvidedFile> files) {

  // A component that is missing in a file of an older version is null here.
  public ContainerConfig {
    imageId = imageId == null ? "" : imageId;
    hostname = hostname == null ? "" : hostname;
    domainname = domainname == null ? "" : domainname;
    labels = ordered(labels);
    mounts = mounts == null ? List.of() : List.copyOf(mounts);
    resources = resources == null ? Resources.UNLIMITED : resources;
    stopSignal = stopSignal == null ? "SIGTERM" : stopSignal;
    restartPolicy = restartPolicy == null ? RestartPolicy.NO : restartPolicy;
    logging = logging == null ? LogConfig.DEFAULT : logging;
    health = health == null ? HealthCheck.NONE : health;
    host = host == null ? HostOptions.DEFAULT : host;
    attributes = ordered(attributes);
    files = files == null ? List.of() : List.copyOf(files);
  }

  static Map<String, String> ordered(@Nullable Map<String, String> map) {
    return map == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /// A builder with every default.
  public static ContainerConfigBuilder builder(String imageId, List<String> args) {
    return new ContainerConfigBuilder(imageId, args);
  }

  /// A builder that starts from this.
  public ContainerConfigBuilder toBuilder() {
    return new ContainerConfigBuilder(this);
  }
}
