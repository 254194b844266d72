package swarm.scheduler.state;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/// What applying a command did, told to its proposer.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "t")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CommandResult.Done.class, name = "done"),
  @JsonSubTypes.Type(value = CommandResult.NotFound.class, name = "not-found"),
  @JsonSubTypes.Type(value = CommandResult.Conflict.class, name = "conflict"),
  @JsonSubTypes.Type(value = CommandResult.Refused.class, name = "refused"),
})
public sealed interface CommandResult {
  /// It took effect.
  record Done() implements CommandResult {}

  /// What it names does not exist.
  record NotFound(String message) implements CommandResult {}

  /// A name or a version is in its way (HTTP 409).
  record Conflict(String message) implements CommandResult {}

  /// It makes no sense in the present state (HTTP 400).
  record Refused(String message) implements CommandResult {}
}
