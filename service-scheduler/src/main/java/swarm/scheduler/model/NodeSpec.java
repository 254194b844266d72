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

/// What an operator declared of a node (the API's `NodeSpec`).
///
/// @param role `manager` or `worker`
/// @param availability `active`, `pause` (no new tasks) or `drain` (no tasks)
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record NodeSpec(
    @Nullable String name,
    @Nullable Map<String, String> labels,
    @Nullable String role,
    @Nullable String availability,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// What the availability may be.
  public static final List<String> AVAILABILITIES = List.of("active", "pause", "drain");

  /// Nothing unknown is null, however it was made: equal specs are equal.
  public NodeSpec {
    other = Unknown.orNull(other);
  }

  /// A spec without anything that this version does not know.
  public NodeSpec(
      @Nullable String name,
      @Nullable Map<String, String> labels,
      @Nullable String role,
      @Nullable String availability) {
    this(name, labels, role, availability, null);
  }

  /// This spec with another role.
  public NodeSpec withRole(String newRole) {
    return new NodeSpec(name, labels, newRole, availability, other);
  }

  /// This spec with another availability.
  public NodeSpec withAvailability(String other) {
    return new NodeSpec(name, labels, role, other, this.other);
  }

  /// What to say of one that is none.
  public static String availabilityWords(String given) {
    return "availability must be active, pause or drain, not '"
        + (given.length() > 40 ? given.substring(0, 40) + "..." : given)
        + "'";
  }

  /// Whether the node is meant to be a manager.
  public boolean manager() {
    return "manager".equals(role);
  }

  /// Whether new tasks may be placed on the node.
  public boolean active() {
    return availability == null || availability.isEmpty() || "active".equals(availability);
  }

  /// Whether no task may stay on the node.
  public boolean drained() {
    return "drain".equals(availability);
  }

  /// The labels; empty where there are none.
  public Map<String, String> labelsOrEmpty() {
    return labels == null ? Map.of() : labels;
  }
}
