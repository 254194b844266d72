package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a service is reached (the API's `EndpointSpec`).
///
/// @param mode `vip` or `dnsrr`
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record EndpointSpec(@Nullable String mode, @Nullable List<PortConfig> ports) {}
