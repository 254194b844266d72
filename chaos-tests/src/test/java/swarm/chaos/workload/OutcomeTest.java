package swarm.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.client.DockerApi;

/// What each failure that a daemon can show means, in the words of our API.
class OutcomeTest {
  private static final ServiceCall READ = new ServiceCall.Read("web");
  private static final ServiceCall CREATE = new ServiceCall.Create("web", "a");
  private static final ServiceCall UPDATE = new ServiceCall.Update("web", "a", 7, "b");
  private static final ServiceCall REMOVE = new ServiceCall.Remove("web");

  private static final Outcome ABSENT = new Outcome.Answered(new ServiceAnswer.Absent());
  private static final Outcome CONFLICT = new Outcome.Answered(new ServiceAnswer.Conflict());
  private static final Outcome NOTHING = new Outcome.Nothing();
  private static final Outcome UNKNOWN = new Outcome.Unknown();

  @TempDir Path folder;

  private Outcome of(ServiceCall call) {
    var api = new ServiceApi(new DockerApi(folder.resolve("sock"), Duration.ofSeconds(20)));
    try {
      throw new AssertionError(call + " -> " + api.ask(call));
    } catch (IOException e) {
      return Outcome.of(call, e);
    }
  }

  private Outcome of(ServiceCall call, int status, String message) throws IOException {
    var reply = new HttpOnSocket.Reply(status, "{\"message\":\"" + message + "\"}");
    return answeredBy(_ -> Optional.of(reply), call);
  }

  private Outcome answeredBy(HttpOnSocket.Handler handler, ServiceCall call) throws IOException {
    Path socket = folder.resolve("sock");
    try (var _ = new HttpOnSocket(socket, handler)) {
      return of(call);
    } finally {
      assertThat(socket.toFile().delete()).isTrue();
    }
  }

  @Test
  void where_nobody_listens_nothing_happens() {
    assertThat(of(CREATE)).isEqualTo(NOTHING);
    assertThat(of(READ)).isEqualTo(NOTHING);
  }

  @Test
  void a_connection_that_ends_leaves_writes_unknown() throws IOException {
    assertThat(answeredBy(_ -> Optional.empty(), CREATE)).isEqualTo(UNKNOWN);
    assertThat(answeredBy(_ -> Optional.empty(), REMOVE)).isEqualTo(UNKNOWN);
    assertThat(answeredBy(_ -> Optional.empty(), READ)).isEqualTo(NOTHING);
  }

  @Test
  void what_the_api_says_of_the_service_is_an_answer() throws IOException {
    String gone = "service web not found";
    assertThat(of(READ, 404, gone)).isEqualTo(ABSENT);
    assertThat(of(UPDATE, 404, gone)).isEqualTo(ABSENT);
    assertThat(of(REMOVE, 404, "service 6mn2c0q17gdlh5a2nq8l7zf0c not found")).isEqualTo(ABSENT);
    assertThat(
            of(
                CREATE,
                409,
                "rpc error: code = AlreadyExists desc = name conflicts with an existing object:"
                    + " service web already exists"))
        .isEqualTo(CONFLICT);
    assertThat(of(UPDATE, 500, "rpc error: code = Unknown desc = update out of sequence"))
        .isEqualTo(CONFLICT);
  }

  @Test
  void without_a_leader_nothing_happens() throws IOException {
    String none =
        "rpc error: code = Unknown desc = The swarm does not have a leader. It's possible";
    assertThat(of(READ, 500, none)).isEqualTo(NOTHING);
    assertThat(of(CREATE, 500, none)).isEqualTo(NOTHING);
    assertThat(of(UPDATE, 503, "This node is not a swarm manager. Use \\\"docker swarm init\\\""))
        .isEqualTo(NOTHING);
  }

  @Test
  void in_doubt_writes_are_unknown() throws IOException {
    String unknown =
        "rpc error: code = Unknown desc = it is not known whether the change was kept: the leader"
            + " did not answer; look before you try again";
    assertThat(of(CREATE, 500, unknown)).isEqualTo(UNKNOWN);
    assertThat(of(REMOVE, 500, unknown)).isEqualTo(UNKNOWN);
    assertThat(of(READ, 500, unknown)).isEqualTo(NOTHING);
    assertThat(of(UPDATE, 503, "the daemon is stopping")).isEqualTo(UNKNOWN);
    assertThat(of(UPDATE, 500, "something else")).isEqualTo(UNKNOWN);
    assertThat(of(UPDATE, 404, "page not found")).isEqualTo(UNKNOWN);
    assertThat(of(REMOVE, 409, "a conflict of some kind")).isEqualTo(UNKNOWN);
    assertThat(of(CREATE, 502, "what a proxy says")).isEqualTo(UNKNOWN);
  }

  @Test
  void a_mistake_of_ours_is_no_outcome() {
    assertThatThrownBy(() -> of(CREATE, 400, "no such field"))
        .isInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("no such field");
  }
}
