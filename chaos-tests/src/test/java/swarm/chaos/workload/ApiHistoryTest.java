package swarm.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.check.Linearizability;
import swarm.chaos.check.Operation;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.check.ServiceModel;
import swarm.chaos.check.Verdict;
import swarm.chaos.client.DockerApi;
import swarm.chaos.cluster.Wait;

/// The workload against servers that are right or wrong in a known way: what the check is worth.
class ApiHistoryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SERVICES = List.of("one", "two");
  private static final int CALLS = 1_500;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;

  /// What a manager keeps of a service.
  private record Kept(String value, long version) {}

  /// A manager that does everything right.
  private static class Right implements HttpOnSocket.Handler {
    private final Map<String, Kept> services = new HashMap<>();
    private long index;

    @Override
    public synchronized Optional<HttpOnSocket.Reply> handle(HttpOnSocket.Request request) {
      String[] parts = request.target().split("[/?=]"); // "", version, "services", name or "create"
      return Optional.of(
          switch (request.method()) {
            case "GET" -> read(parts[3]);
            case "DELETE" -> services.remove(parts[3]) == null ? absent(parts[3]) : reply(200, "");
            default ->
                parts[3].equals("create")
                    ? create(spec(request))
                    : update(parts[3], Long.parseLong(parts[6]), spec(request));
          });
    }

    private static JsonNode spec(HttpOnSocket.Request request) {
      try {
        return JSON.readTree(request.body());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String value(JsonNode spec) {
      return spec.at("/Labels/register").asText();
    }

    HttpOnSocket.Reply read(String name) {
      Kept kept = services.get(name);
      return kept == null
          ? absent(name)
          : reply(
              200,
              "{\"Version\":{\"Index\":%d},\"Spec\":{\"Labels\":{\"register\":\"%s\"}}}"
                  .formatted(kept.version(), kept.value()));
    }

    private HttpOnSocket.Reply create(JsonNode spec) {
      var fresh = new Kept(value(spec), ++index);
      return services.putIfAbsent(spec.path("Name").asText(), fresh) == null
          ? reply(201, "{\"ID\":\"x\"}")
          : reply(409, "{\"message\":\"name conflicts with an existing object\"}");
    }

    private HttpOnSocket.Reply update(String name, long version, JsonNode spec) {
      Kept kept = services.get(name);
      if (kept == null) {
        return absent(name);
      }
      if (kept.version() != version) {
        return reply(500, "{\"message\":\"update out of sequence\"}");
      }
      services.put(name, new Kept(value(spec), ++index));
      return reply(200, "{}");
    }

    static HttpOnSocket.Reply absent(String name) {
      return reply(404, "{\"message\":\"service " + name + " not found\"}");
    }

    static HttpOnSocket.Reply reply(int status, String body) {
      return new HttpOnSocket.Reply(status, body);
    }
  }

  private List<Operation<ServiceCall, ServiceAnswer>> recorded(HttpOnSocket.Handler handler)
      throws IOException, InterruptedException {
    Path socket = folder.resolve("sock");
    var api = new DockerApi(socket, Duration.ofSeconds(20));
    var settings =
        new ApiHistory.Settings(List.of(api, api), 4, SERVICES, 7, Duration.ofMillis(0), CALLS);
    try (var _ = new HttpOnSocket(socket, handler);
        var history = ApiHistory.start(settings)) {
      Wait.until("all calls are made", LIMIT, () -> history.calls() == CALLS);
      return history.stop();
    }
  }

  private static List<String> verdicts(List<Operation<ServiceCall, ServiceAnswer>> history) {
    return Linearizability.checkEach(new ServiceModel(), history, ServiceCall::service, 1_000_000)
        .values()
        .stream()
        .map(verdict -> verdict.getClass().getSimpleName())
        .toList();
  }

  private static final String YES = Verdict.Linearizable.class.getSimpleName();
  private static final String NO = Verdict.NotLinearizable.class.getSimpleName();

  @Test
  void a_right_manager_passes() throws Exception {
    var history = recorded(new Right());
    assertThat(verdicts(history)).containsExactly(YES, YES);
    assertThat(history).hasSize(CALLS + 4 * SERVICES.size());
    assertThat(history.stream().map(o -> o.output().orElseThrow().getClass()).distinct())
        .as("every answer there is")
        .hasSize(4);
  }

  @Test
  void answers_that_are_lost_are_unknown_and_their_clients_others() throws Exception {
    var right = new Right();
    var count = new AtomicInteger();
    var history =
        recorded(
            request -> {
              var reply = right.handle(request);
              return count.incrementAndGet() % 60 == 0 ? Optional.empty() : reply;
            });
    assertThat(verdicts(history)).containsExactly(YES, YES);
    assertThat(history.stream().filter(o -> o.output().isEmpty())).hasSizeBetween(5, 30);
    assertThat(history.stream().map(Operation::client).distinct().count())
        .isEqualTo(4 + history.stream().filter(o -> o.output().isEmpty()).count());
  }

  @Test
  void a_manager_that_answers_from_an_old_state_does_not() throws Exception {
    var stale =
        new Right() {
          private final Map<String, HttpOnSocket.Reply> first = new HashMap<>();
          private int reads;

          @Override
          HttpOnSocket.Reply read(String name) {
            HttpOnSocket.Reply now = super.read(name);
            if (now.status() == 200) {
              first.putIfAbsent(name, now);
            }
            return ++reads % 200 == 0 ? first.getOrDefault(name, now) : now;
          }
        };
    assertThat(verdicts(recorded(stale))).contains(NO);
  }

  @Test
  void a_manager_that_loses_an_acknowledged_write_does_not() throws Exception {
    var forgetful =
        new Right() {
          private int writes;

          @Override
          public synchronized Optional<HttpOnSocket.Reply> handle(HttpOnSocket.Request request) {
            if (request.target().contains("/update") && ++writes % 50 == 0) {
              return Optional.of(reply(200, "{}"));
            }
            return super.handle(request);
          }
        };
    assertThat(verdicts(recorded(forgetful))).contains(NO);
  }

  @Test
  void a_manager_that_says_nothing_was_done_when_it_was_does_not() throws Exception {
    var liar =
        new Right() {
          private int creates;

          @Override
          public synchronized Optional<HttpOnSocket.Reply> handle(HttpOnSocket.Request request) {
            var reply = super.handle(request);
            boolean done = reply.orElseThrow().status() == 201;
            return done && ++creates % 10 == 0
                ? Optional.of(reply(500, "{\"message\":\"The swarm does not have a leader.\"}"))
                : reply;
          }
        };
    assertThat(verdicts(recorded(liar))).contains(NO);
  }
}
