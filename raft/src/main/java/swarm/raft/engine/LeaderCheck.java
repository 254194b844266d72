package swarm.raft.engine;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Asks the members for their terms until a majority is known to be in no later term than `term`:
/// then nobody had been elected in a later one when the asking began. It is what the heartbeats of
/// Raft's read index prove (dissertation, section 6.4), without them.
///
/// Why a later leader cannot be missed: its election took a majority into its term, that majority
/// and this one share a member, terms never go back, and that member answered after we asked.
final class LeaderCheck {
  private final Quorum quorum;
  private final long term;
  private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
  private final Set<String> agreeing = new HashSet<>();
  private final Set<String> open = new HashSet<>();
  private @Nullable Throwable lastFailure;

  private LeaderCheck(Quorum quorum, String self, long term) {
    this.quorum = quorum;
    this.term = term;
    agreeing.add(self);
  }

  /// @param self this member's id, which agrees with itself
  /// @param askTerm asks another member for its term
  /// @return completes when confirmed; fails with an [IOException] when it cannot be any more
  static CompletableFuture<Void> run(
      Quorum quorum, String self, long term, Function<String, CompletableFuture<Long>> askTerm) {
    LeaderCheck check = new LeaderCheck(quorum, self, term);
    check.ask(self, askTerm);
    return check.confirmed;
  }

  private void ask(String self, Function<String, CompletableFuture<Long>> askTerm) {
    Set<String> others = new TreeSet<>(quorum.members());
    others.addAll(quorum.previous());
    others.remove(self);
    synchronized (this) {
      open.addAll(others);
      decide();
    }
    for (String other : others) {
      var _ =
          askTerm.apply(other).whenComplete((theirs, failure) -> answer(other, theirs, failure));
    }
  }

  private synchronized void answer(
      String member, @Nullable Long theirs, @Nullable Throwable failure) {
    open.remove(member);
    if (theirs == null) {
      lastFailure = failure;
    } else if (theirs > term) {
      confirmed.completeExceptionally(
          new IOException(member + " is already in term " + theirs + ", we in " + term + "."));
    } else {
      agreeing.add(member);
    }
    decide();
  }

  private void decide() {
    if (quorum.reachedBy(agreeing)) {
      confirmed.complete(null);
      return;
    }
    Set<String> possible = new HashSet<>(agreeing);
    possible.addAll(open);
    if (!quorum.reachedBy(possible)) {
      confirmed.completeExceptionally(
          new IOException(
              "Only " + agreeing.size() + " of " + quorum.members().size() + " members answer.",
              lastFailure));
    }
  }
}
