package swarm.chaos.workload;

import java.io.IOException;
import java.util.regex.Pattern;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.client.ApiException;
import swarm.chaos.client.NotSentException;

/// What is known of a call that the API did not answer with success.
sealed interface Outcome {
  Pattern NOT_FOUND = Pattern.compile("service \\S+ not found");

  /// The API said for certain how things are.
  record Answered(ServiceAnswer answer) implements Outcome {}

  /// It surely had no effect, and told nothing: it is no part of a history.
  record Nothing() implements Outcome {}

  /// It may have had an effect, or may have one later.
  record Unknown() implements Outcome {}

  /// What a failure means. In doubt, the outcome is unknown: that is never wrong, while a wrong
  /// certainty would have the check blame the cluster.
  ///
  /// @throws IllegalStateException where the API did not understand what was asked: the workload is
  ///   wrong
  static Outcome of(ServiceCall call, IOException failure) {
    Outcome outcome =
        failure instanceof ApiException refusal ? of(call, refusal) : ofConnection(failure);
    // a read has no effect, whatever became of it
    return outcome instanceof Unknown && call instanceof ServiceCall.Read ? new Nothing() : outcome;
  }

  private static Outcome ofConnection(IOException failure) {
    return failure instanceof NotSentException ? new Nothing() : new Unknown();
  }

  private static Outcome of(ServiceCall call, ApiException refusal) {
    String said = String.valueOf(refusal.getMessage());
    return switch (refusal.status()) {
      case 400, 405, 501 ->
          throw new IllegalStateException("the API took it for a mistake", refusal);
      case 404 ->
          // by its name or, where it went meanwhile, by its id
          NOT_FOUND.matcher(said).find() ? new Answered(new ServiceAnswer.Absent()) : new Unknown();
      case 409 ->
          call instanceof ServiceCall.Create
              ? new Answered(new ServiceAnswer.Conflict())
              : new Unknown();
      case 500 -> ofTrouble(call, said);
      // before the request was looked at; "the daemon is stopping" can come in the midst of it
      case 503 -> said.contains("This node is not a swarm manager") ? new Nothing() : new Unknown();
      default -> new Unknown();
    };
  }

  /// Docker gives one status to all of these, and its clients go by the words.
  private static Outcome ofTrouble(ServiceCall call, String said) {
    if (said.contains("update out of sequence") && call instanceof ServiceCall.Update) {
      return new Answered(new ServiceAnswer.Conflict());
    }
    // no leader took it, which our API says only where it surely had no effect
    return said.contains("The swarm does not have a leader") ? new Nothing() : new Unknown();
  }
}
