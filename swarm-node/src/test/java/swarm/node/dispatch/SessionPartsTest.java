package swarm.node.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import swarm.node.rpc.Pieces;
import swarm.node.rpc.SessionMessages;
import swarm.node.testing.Tasks;
import swarm.scheduler.model.Task;
import swarm.scheduler.model.Wire;

/// Assignments that are too large for one message.
class SessionPartsTest {
  private static final SessionMessages.Ingress NETWORK =
      new SessionMessages.Ingress(1, 2, 3, 4, 5, List.of(), List.of(), List.of());

  private static List<Task> tasks(int count, int messageLength) {
    var all = new ArrayList<Task>();
    for (int i = 0; i < count; i++) {
      all.add(Tasks.assigned("t" + i, "m".repeat(messageLength)));
    }
    return all;
  }

  @Test
  void whatFitsGoesAsItIs() {
    for (var each :
        List.of(
            new SessionMessages.Assignments(7, true, false, List.of(), List.of(), null),
            new SessionMessages.Assignments(7, true, false, tasks(3, 10), List.of("x"), NETWORK),
            new SessionMessages.Assignments(7, false, false, List.of(), List.of("x"), null),
            new SessionMessages.Assignments(7, false, false, List.of(), List.of(), NETWORK))) {
      assertThat(Session.parts(each)).containsExactly(each);
    }
  }

  @Test
  void whatDoesNotFitGoesInPartsThatDo() throws JsonProcessingException {
    for (boolean complete : new boolean[] {true, false}) {
      List<Task> all = tasks(2_000, 5_000); // 10 MiB
      var whole =
          new SessionMessages.Assignments(7, complete, false, all, List.of("x", "y"), NETWORK);

      List<SessionMessages.Assignments> parts = Session.parts(whole);

      assertThat(parts).hasSizeBetween(10, 20);
      var together = new ArrayList<Task>();
      for (int i = 0; i < parts.size(); i++) {
        SessionMessages.Assignments part = parts.get(i);
        together.addAll(part.tasks());
        boolean first = i == 0;
        assertThat(part.index()).isEqualTo(7);
        assertThat(part.complete()).isEqualTo(complete);
        assertThat(part.more()).isEqualTo(i < parts.size() - 1);
        assertThat(part.removed()).isEqualTo(first ? List.of("x", "y") : List.of());
        assertThat(part.ingress()).isEqualTo(first ? NETWORK : null);
        assertThat(Wire.CBOR.writeValueAsBytes(part)).hasSizeLessThan(Pieces.MAX_BYTES + 1_000);
      }
      assertThat(together).isEqualTo(all);
    }
  }

  @Test
  void aManagerThatKnowsOfNoPartsSendsTheWhole() throws Exception {
    byte[] older =
        Wire.CBOR.writeValueAsBytes(
            Map.of(
                "t",
                "assignments",
                "index",
                7,
                "complete",
                true,
                "tasks",
                List.of(),
                "removed",
                List.of()));

    assertThat(Wire.CBOR.readValue(older, SessionMessages.FromManager.class))
        .isEqualTo(new SessionMessages.Assignments(7, true, false, List.of(), List.of(), null));
  }
}
