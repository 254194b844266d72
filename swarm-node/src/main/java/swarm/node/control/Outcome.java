package swarm.node.control;

import java.util.Optional;
import swarm.scheduler.state.CommandResult;

/// What became of a command that this node proposed.
public sealed interface Outcome {
  /// It is in the log, and applied here too.
  record Applied(long index, CommandResult result) implements Outcome {}

  /// No leader with a majority took it; it surely had no effect.
  record NoLeader(String why) implements Outcome {}

  /// It is larger than what the log takes; it surely had no effect.
  ///
  /// @param bytes of the command as it is stored
  /// @param limit most bytes of one
  record TooLarge(int bytes, int limit) implements Outcome {
    public String why() {
      return "the change takes "
          + bytes
          + " bytes in the managers' log, and at most "
          + limit
          + " fit into one entry: make it smaller. Labels, environment and arguments are what"
          + " grows; configs, secrets and volumes are for what is large";
    }
  }

  /// Managers of an earlier version could not follow it; it surely had no effect.
  record OlderManagers(String why) implements Outcome {}

  /// It may yet take effect.
  record Unknown(String why) implements Outcome {}

  /// Why the command has no effect, or may have none, as a sentence for people; empty where it took
  /// effect. Where a status is shown before it, it is the caller's: one that the sentence bears
  /// itself, for Docker's clients, is left out.
  default Optional<String> failure() {
    return switch (this) {
      case Applied applied -> refusal(applied.result());
      case NoLeader none -> Optional.of(none.why());
      case TooLarge large -> Optional.of(large.why());
      case OlderManagers older -> Optional.of(older.why());
      case Unknown unknown -> Optional.of(unknown.why());
    };
  }

  /// Why a command that was applied has no effect; empty where it has.
  static Optional<String> refusal(CommandResult result) {
    return switch (result) {
      case CommandResult.Done _ -> Optional.empty();
      case CommandResult.NotFound missing -> Optional.of(bare(missing.message()));
      case CommandResult.Conflict conflict -> Optional.of(bare(conflict.message()));
      case CommandResult.Refused refused -> Optional.of(bare(refused.message()));
    };
  }

  private static String bare(String message) {
    return message.replaceFirst("^rpc error: code = \\w+ desc = ", "");
  }
}
