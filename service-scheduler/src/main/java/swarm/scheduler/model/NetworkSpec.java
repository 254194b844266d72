package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a user declared of a network of the whole cluster (of the body of the API's
/// `/networks/create`, what an overlay network heeds).
///
/// @param options of the driver
/// @param internal whether nothing leads out of it
/// @param attachable whether containers that are no tasks may join it
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NetworkSpec(
    @Nullable String name,
    @Nullable Map<String, String> labels,
    @Nullable Map<String, String> options,
    @Nullable Boolean internal,
    @Nullable Boolean attachable,
    @JsonProperty("IPAM") @Nullable Ipam ipam,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Bytes of one frame's payload, where the user does not want what the data path gives.
  public static final String MTU = "com.docker.network.driver.mtu";

  /// Nothing unknown is null, however it was made: equal specs are equal.
  public NetworkSpec {
    other = Unknown.orNull(other);
  }

  /// How its addresses are given.
  ///
  /// @param config the subnet that the user chose; none: one of the cluster's pools
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Ipam(
      @Nullable String driver, @Nullable Map<String, String> options, @Nullable List<Pool> config) {
    /// The pools; empty where the user chose none.
    public List<Pool> pools() {
      return NonNulls.of(config);
    }
  }

  /// A subnet of the user's choice, in Docker's words.
  ///
  /// @param ipRange the part of it that addresses are given of; null for all
  /// @param auxiliaryAddresses those that nobody gets, by what they are for
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Pool(
      @Nullable String subnet,
      @JsonProperty("IPRange") @Nullable String ipRange,
      @Nullable String gateway,
      @Nullable Map<String, String> auxiliaryAddresses) {}

  /// Its name; empty where the user gave none.
  public String nameOrEmpty() {
    return name == null ? "" : name;
  }

  /// Its labels; empty where there are none.
  public Map<String, String> labelsOrEmpty() {
    return labels == null ? Map.of() : labels;
  }

  /// The driver's options; empty where there are none.
  public Map<String, String> optionsOrEmpty() {
    return options == null ? Map.of() : options;
  }

  /// Whether nothing leads out of it.
  public boolean noWayOut() {
    return Boolean.TRUE.equals(internal);
  }

  /// Whether containers that are no tasks may join it.
  public boolean joinable() {
    return Boolean.TRUE.equals(attachable);
  }

  /// The subnets of the user's choice.
  public List<Pool> pools() {
    return ipam == null ? List.of() : ipam.pools();
  }
}
