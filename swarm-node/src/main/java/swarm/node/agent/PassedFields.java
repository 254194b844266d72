package swarm.node.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import swarm.runtime.oci.Ulimit;
import swarm.scheduler.model.ContainerSpec;

/// Fields of a task's container that managers only pass on. They were checked when the service was
/// made; what has another form says nothing. Pure.
public final class PassedFields {
  private PassedFields() {}

  /// Limits of each of its processes.
  ///
  /// @param limits as the API has them
  public static List<Ulimit> ulimits(JsonNode limits) {
    var all = new ArrayList<Ulimit>();
    for (JsonNode limit : limits) {
      all.add(
          new Ulimit(
              limit.path("Name").asText(),
              limit.path("Soft").asLong(),
              limit.path("Hard").asLong()));
    }
    return all;
  }

  /// Names or numbers of groups that its first process is in, besides its user's.
  static List<String> groups(ContainerSpec spec) {
    return texts(spec.passed("Groups"));
  }

  /// @param part of `resolv.conf`: `Nameservers`, `Search` or `Options`
  static List<String> resolver(ContainerSpec spec, String part) {
    return texts(spec.passed("DNSConfig").path(part));
  }

  /// How readily the kernel ends it for want of memory, -1000 to 1000.
  static int oomScoreAdj(ContainerSpec spec) {
    return spec.passed("OomScoreAdj").asInt();
  }

  private static List<String> texts(JsonNode values) {
    var all = new ArrayList<String>();
    for (JsonNode value : values) {
      all.add(value.asText());
    }
    return all;
  }
}
