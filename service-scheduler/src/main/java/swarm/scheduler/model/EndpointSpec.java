package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How a service is reached (the API's `EndpointSpec`).
///
/// @param mode `vip` or `dnsrr`
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EndpointSpec(
    @Nullable String mode,
    @Nullable List<PortConfig> ports,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public EndpointSpec {
    other = Unknown.orNull(other);
  }
}
