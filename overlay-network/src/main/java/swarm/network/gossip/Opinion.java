package swarm.network.gossip;

/// What this member thinks of another one, and why. Times are of the clock that [Swim] is ticked
/// with, in milliseconds.
///
/// @param accusers how many members say that they do not reach it, this one among them
/// @param observers how many members could say so: those that are alive, without the subject
/// @param since when the standing was entered
/// @param contact when this member last had an answer from it, [#NEVER] where it had none
public record Opinion(Standing standing, int accusers, int observers, long since, long contact) {
  /// No answer yet.
  public static final long NEVER = Long.MIN_VALUE;
}
