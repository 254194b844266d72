package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One published port (the API's `EndpointPortConfig`).
///
/// @param protocol `tcp`, `udp` or `sctp`
/// @param publishedPort 1..65535; 0 or absent: the cluster chooses
/// @param publishMode `ingress` (every host) or `host` (the task's own)
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PortConfig(
    @Nullable String name,
    @Nullable String protocol,
    @Nullable Integer targetPort,
    @Nullable Integer publishedPort,
    @Nullable String publishMode,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public PortConfig {
    other = Unknown.orNull(other);
  }

  /// A port without anything that this version does not know.
  public PortConfig(
      @Nullable String name,
      @Nullable String protocol,
      @Nullable Integer targetPort,
      @Nullable Integer publishedPort,
      @Nullable String publishMode) {
    this(name, protocol, targetPort, publishedPort, publishMode, null);
  }

  /// The protocol, `tcp` where the user did not say.
  @JsonIgnore
  public String protocolOrTcp() {
    return protocol == null || protocol.isEmpty() ? "tcp" : protocol;
  }

  /// Whether every host of the cluster answers on the port.
  @JsonIgnore
  public boolean ingress() {
    return !"host".equals(publishMode);
  }

  /// The published port, 0 where the cluster is to choose.
  @JsonIgnore
  public int publishedOrZero() {
    return publishedPort == null ? 0 : publishedPort;
  }

  /// The container's port.
  @JsonIgnore
  public int target() {
    return targetPort == null ? 0 : targetPort;
  }

  /// This port, published as `port`, with every default written out.
  public PortConfig resolved(int port) {
    return new PortConfig(
        name,
        protocolOrTcp(),
        target(),
        port,
        publishMode == null ? "ingress" : publishMode,
        other);
  }
}
