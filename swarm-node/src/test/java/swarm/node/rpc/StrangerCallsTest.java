package swarm.node.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.testing.Await;

/// How many joins of strangers there are at a time, and for how long.
@Timeout(60)
class StrangerCallsTest {
  private static final int SLOTS = 4;
  private static final int OK = Status.Code.OK.value();
  private static final int TOO_MANY = Status.Code.RESOURCE_EXHAUSTED.value();
  private static final StrangerLimits FEW = ClusterPort.calls(SLOTS, Duration.ofMinutes(1));
  private static final StrangerLimits SHORT = ClusterPort.calls(1, Duration.ofMillis(100));

  private static List<Attacker.Call> fill(ClusterPort port, Attacker attacker) throws Exception {
    var calls = new ArrayList<Attacker.Call>();
    for (int i = 0; i < SLOTS; i++) {
      calls.add(attacker.begin());
    }
    free(port, 0);
    return calls;
  }

  private static void free(ClusterPort port, int slots) {
    Await.until(slots + " slots are free", () -> port.server.strangerCalls().free() == slots);
  }

  private static int ended(Attacker.Call call) throws Exception {
    return call.status.get(20, TimeUnit.SECONDS);
  }

  // ---- how many

  @Test
  void oneMoreThanThereAreSlotsIsRefusedOnWhicheverConnection() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      Attacker first = port.attacker();
      fill(port, first);

      assertThat(ended(first.begin())).isEqualTo(TOO_MANY);
      assertThat(ended(port.attacker().begin())).isEqualTo(TOO_MANY);
      assertThat(port.caller().call(Methods.JOIN, ClusterPort.join()).getDescription())
          .isEqualTo("this manager has 4 joins under way; try again in a few seconds");
      assertThat(port.handler.calls).isEmpty();
      free(port, 0);
    }
  }

  @Test
  void membersNeedNoSlot() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      fill(port, port.attacker());
      Caller member = port.member();
      assertThat(member.call(Methods.JOIN, ClusterPort.join()).isOk()).isTrue();
      port.handler.revoked.add("MANAGER");
      assertThat(member.call(Methods.JOIN, ClusterPort.join()).getCode())
          .as("a node whose certificate counts no more")
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }
  }

  @Test
  void thereAreSoManySlots() throws Exception {
    try (var port = new ClusterPort(StrangerLimits.USUAL)) {
      assertThat(port.server.strangerCalls().free()).isEqualTo(32);
    }
  }

  // ---- slots come back, whatever the end

  @Test
  void anAnsweredJoinGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      for (int i = 0; i < 3 * SLOTS; i++) {
        assertThat(port.caller().call(Methods.JOIN, ClusterPort.join()).isOk()).isTrue();
        free(port, SLOTS);
      }
    }
  }

  @Test
  void aCancelledJoinGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      Attacker attacker = port.attacker();
      fill(port, attacker).forEach(Attacker.Call::cancel);

      free(port, SLOTS);
      assertThat(attacker.open()).isTrue();
    }
  }

  @Test
  void aConnectionThatIsCutGivesAllOfItsSlotsBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      Attacker attacker = port.attacker();
      fill(port, attacker);
      attacker.close();

      free(port, SLOTS);
    }
  }

  @Test
  void anUnreadableJoinGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      byte[] bad = {0, 0, 0, 0, 1, (byte) 0xff};
      for (Attacker.Call call : fill(port, port.attacker())) {
        var _ = call.send(bad, bad.length);
        assertThat(ended(call)).isEqualTo(Status.Code.INVALID_ARGUMENT.value());
      }
      free(port, SLOTS);
    }
  }

  @Test
  void aJoinThatIsTooLargeGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      Attacker attacker = port.attacker();
      byte[] large = new byte[2 * StrangerLimits.USUAL.bytes()];
      large[2] = 0x10; // announces 1 MiB
      var _ = fill(port, attacker).getFirst().send(large, large.length);

      free(port, SLOTS);
      Await.until("the connection is cut", () -> !attacker.open());
    }
  }

  @Test
  void aJoinThatAnnouncesTooMuchGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      byte[] header = {0, 0x10, 0, 0, 0}; // announces 256 MiB
      for (Attacker.Call call : fill(port, port.attacker())) {
        var _ = call.send(header, header.length);
        assertThat(ended(call)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED.value());
      }
      free(port, SLOTS);
    }
  }

  @Test
  void aJoinWhoseHandlerFailsGivesItsSlotBack() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      port.handler.onJoin =
          () -> {
            throw new IllegalStateException("as a test wants it");
          };
      assertThat(port.caller().call(Methods.JOIN, ClusterPort.join()).getCode())
          .isEqualTo(Status.Code.INTERNAL);
      free(port, SLOTS);
    }
  }

  // ---- for how long

  @Test
  void aStalledJoinEndsAtItsTimeLimitAndItsSlotIsFree() throws Exception {
    try (var port = new ClusterPort(SHORT)) {
      for (int turn = 0; turn < 3; turn++) {
        assertThat(ended(port.attacker().begin())).isEqualTo(Status.Code.DEADLINE_EXCEEDED.value());
        free(port, 1);
      }
    }
  }

  @Test
  void anAnswerThatComesTooLateIsNoneAndTheSlotIsTheHandlersUntilItReturns() throws Exception {
    try (var port = new ClusterPort(SHORT)) {
      var answer = new CountDownLatch(1);
      port.handler.onJoin = answer::await;
      Caller caller = port.caller();
      Status ended = caller.call(Methods.JOIN, ClusterPort.join());

      assertThat(ended.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(ended.getDescription()).isEqualTo("a join is given 100 ms; try again");
      assertThat(port.server.strangerCalls().free()).as("its handler still runs").isZero();
      answer.countDown();
      free(port, 1);
    }
  }

  @Test
  void aJoinInCrumbsIsAnsweredToo() throws Exception {
    try (var port = new ClusterPort(FEW)) {
      byte[] message = ClusterPort.join();
      byte[] framed = new byte[5 + message.length];
      framed[4] = (byte) message.length;
      System.arraycopy(message, 0, framed, 5, message.length);
      Attacker.Call call = port.attacker().begin();
      var _ = call.send(framed, 1);
      call.end();

      assertThat(ended(call)).isEqualTo(OK);
      assertThat(port.handler.calls).containsExactly("Join");
    }
  }
}
