package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Something that a node has and that the cluster counts without knowing what it is (the API's
/// `GenericResources`): a number of one kind (`SSD=3`), or things with names (`GPU=uuid1`). A task
/// asks for a number; what it gets is of the sort that its node has. Exactly one part is there; one
/// that has none, or both, was let through by nobody and counts as nothing.
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GenericResource(
    @JsonProperty("NamedResourceSpec") @Nullable Named named,
    @JsonProperty("DiscreteResourceSpec") @Nullable Discrete discrete,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public GenericResource {
    other = Unknown.orNull(other);
  }

  /// One thing that a node has.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Named(
      @JsonProperty("Kind") @Nullable String kind,
      @JsonProperty("Value") @Nullable String value,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Named {
      other = Unknown.orNull(other);
    }
  }

  /// A number of a kind.
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Discrete(
      @JsonProperty("Kind") @Nullable String kind,
      @JsonProperty("Value") @Nullable Long value,
      @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Discrete {
      other = Unknown.orNull(other);
    }
  }

  /// One thing with a name.
  public static GenericResource named(String kind, String value) {
    return new GenericResource(new Named(kind, value, null), null, null);
  }

  /// So many of a kind.
  public static GenericResource discrete(String kind, long value) {
    return new GenericResource(null, new Discrete(kind, value, null), null);
  }

  /// The kind; empty where nothing is said.
  @JsonIgnore
  public String kind() {
    String kind = discrete != null ? discrete.kind : named != null ? named.kind : null;
    return kind == null ? "" : kind;
  }

  /// The name of a thing; empty for a number.
  @JsonIgnore
  public String name() {
    return discrete != null || named == null || named.value == null ? "" : named.value;
  }

  /// How many it is: 1 for a thing with a name.
  @JsonIgnore
  public long amount() {
    if (discrete != null) {
      return discrete.value == null ? 0 : discrete.value;
    }
    return name().isEmpty() ? 0 : 1;
  }

  /// What tasks ask for, by kind.
  public static Map<String, Long> byKind(@Nullable List<GenericResource> asked) {
    var all = new TreeMap<String, Long>();
    for (GenericResource each : NonNulls.of(asked)) {
      all.merge(each.kind(), each.amount(), GenericResource::sum);
    }
    return all;
  }

  /// Without going round at the largest number: what is asked for by a user may be near it.
  private static long sum(long a, long b) {
    long sum = a + b;
    return ((a ^ sum) & (b ^ sum)) < 0 ? Long.MAX_VALUE : sum;
  }

  /// How a container learns what it got, as Docker tells it: `DOCKER_RESOURCE_GPU=uuid1,uuid2`.
  public static List<String> environment(List<GenericResource> given) {
    var values = new TreeMap<String, String>();
    for (GenericResource each : given) {
      values.merge(
          "DOCKER_RESOURCE_" + each.kind().toUpperCase(Locale.ROOT),
          each.discrete != null ? Long.toString(each.amount()) : each.name(),
          (a, b) -> a + "," + b);
    }
    var all = new ArrayList<String>();
    values.forEach((name, value) -> all.add(name + "=" + value));
    return all;
  }

  /// Reads what a daemon is told to have: `GPU=uuid1`, `GPU=uuid2`, `SSD=3`; by kind, and in the
  /// order in which the things of a kind were named.
  ///
  /// @throws IllegalArgumentException with Docker's sentence about what cannot be meant
  public static List<GenericResource> parse(List<String> terms) {
    var byKind = new TreeMap<String, List<String>>();
    for (String term : terms) {
      int at = term.indexOf('=');
      if (at < 0 || term.indexOf('=', at + 1) >= 0) {
        throw mistake("incorrect term " + term + ", missing '=' or malformed expression");
      }
      String kind = term.substring(0, at).strip();
      String value = term.substring(at + 1).strip();
      if (kind.isEmpty() || value.isEmpty()) {
        throw mistake("incorrect term " + term + ": write it as NAME=VALUE");
      }
      byKind.computeIfAbsent(kind, _ -> new ArrayList<>()).add(value);
    }
    var all = new ArrayList<GenericResource>();
    byKind.forEach((kind, values) -> all.addAll(ofKind(kind, values)));
    return all;
  }

  private static List<GenericResource> ofKind(String kind, List<String> values) {
    Long count = values.size() == 1 ? number(values.getFirst()) : null;
    if (count != null) {
      if (count < 0) {
        throw mistake("cannot ask for negative resource " + kind);
      }
      return List.of(discrete(kind, count));
    }
    for (String value : values) {
      if (number(value) != null) {
        throw mistake(
            "mixed discrete and named resources in expression '" + kind + "=" + values + "'");
      }
    }
    return values.stream().distinct().map(value -> named(kind, value)).toList();
  }

  private static @Nullable Long number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException _) {
      return null; // a name
    }
  }

  private static IllegalArgumentException mistake(String what) {
    return new IllegalArgumentException("could not parse GenericResource: " + what);
  }
}
