package swarm.scheduler.model;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.UpperCamelCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a user declared of a secret or a config (the API's `SecretSpec` and `ConfigSpec`).
///
/// @param templating null where the data is taken as it is
@JsonNaming(UpperCamelCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PayloadSpec(
    @Nullable String name,
    @Nullable Map<String, String> labels,
    @Nullable PayloadData data,
    @Nullable Templating templating,
    @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
  /// Nothing unknown is null, however it was made: equal specs are equal.
  public PayloadSpec {
    other = Unknown.orNull(other);
  }

  /// How its data is expanded before a task gets it.
  @JsonNaming(UpperCamelCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Templating(
      @Nullable String name, @JsonAnySetter @JsonAnyGetter @Nullable Map<String, JsonNode> other) {
    /// The only driver that there is: the syntax of Go's `text/template`.
    public static final String GOLANG = "golang";

    /// Nothing unknown is null, however it was made: equal specs are equal.
    public Templating {
      other = Unknown.orNull(other);
    }
  }

  /// Its name; empty where the user gave none.
  public String nameOrEmpty() {
    return name == null ? "" : name;
  }

  /// Its labels; empty where there are none.
  public Map<String, String> labelsOrEmpty() {
    return labels == null ? Map.of() : labels;
  }

  /// Its data; none where the user gave none.
  public byte[] dataOrEmpty() {
    return data == null ? new byte[0] : data.bytes();
  }

  /// Whether its data is a template.
  public boolean templated() {
    return templating != null;
  }

  /// This with other labels: nothing else of it ever changes.
  public PayloadSpec withLabels(@Nullable Map<String, String> others) {
    return new PayloadSpec(name, others, data, templating, other);
  }

  /// This without its data, to be shown.
  public PayloadSpec withoutData() {
    return new PayloadSpec(name, labels, null, templating, other);
  }
}
