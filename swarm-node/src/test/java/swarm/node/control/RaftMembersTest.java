package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import swarm.node.rpc.Messages.MemberOutcome;
import swarm.node.rpc.Messages.MemberReply;
import swarm.raft.log.MembershipResult;

class RaftMembersTest {
  private static void told(MembershipResult result, MemberOutcome outcome, String error)
      throws Exception {
    assertThat(RaftMembers.outcome(CompletableFuture.completedFuture(result)))
        .isEqualTo(new MemberReply(outcome, error));
  }

  @Test
  void whatBecameOfAChangeIsToldInASentence() throws Exception {
    told(new MembershipResult.Refused("no such member"), MemberOutcome.REFUSED, "no such member");
    told(new MembershipResult.Unchanged("too slow"), MemberOutcome.UNCHANGED, "too slow");
    told(new MembershipResult.Unknown("who knows"), MemberOutcome.UNKNOWN, "who knows");
  }

  @Test
  void soIsAFailure() throws Exception {
    assertThat(
            RaftMembers.outcome(CompletableFuture.failedFuture(new IOException("the log closes"))))
        .isEqualTo(
            new MemberReply(
                MemberOutcome.UNKNOWN, "the members may not have changed: the log closes"));
  }
}
