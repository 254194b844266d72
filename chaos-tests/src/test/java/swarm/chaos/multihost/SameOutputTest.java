package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;

/// Where the unmodified `docker` command and our own `swarm` have the same command, they print the
/// same about the same daemon.
@Tag("multihost")
final class SameOutputTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// How many commands run at the same time.
  private static final int AT_ONCE = 4;

  private static final List<String> COMMANDS =
      List.of(
          "node ls",
          "node ps",
          "node inspect self",
          "node inspect --pretty self",
          "node ls --format {{.ID}} {{.Hostname}} {{.Self}} {{.ManagerStatus}} {{.Availability}}",
          "service ls",
          "service ls --format {{json .}}",
          "service ps web",
          "service ps --no-trunc web",
          "service inspect web",
          "service inspect --pretty web",
          "service logs --raw web",
          "ps -a",
          "ps -a --no-trunc",
          "images",
          "images --digests --no-trunc",
          "inspect box",
          "inspect web:1",
          "inspect web",
          "inspect box --format {{json .State}}",
          "inspect box --format {{.ID}} {{index .Config.Cmd 0}}",
          "version --format {{.Server.APIVersion}} {{.Server.MinAPIVersion}}",
          "logs box",
          "network ls --no-trunc",
          "ps -a --format json",
          "ps -a --format {{json .}}",
          "ps -a --format raw",
          "ps -a --format table {{.Names}}\t{{.Mounts}}\t{{.LocalVolumes}}\t{{.Label \"com.x.a-b\"}}",
          "images --format {{json .}}",
          "network ls --format {{json .}}",
          "volume ls --format {{json .}}",
          "node ls --format {{json .}}",
          "service ps web --format {{json .}}",
          "system df -v --format {{json .}}",
          "inspect box --format {{range $i, $e := .Config.Cmd}}{{$i}}={{printf \"%-6q\" $e}}{{end}}",
          "inspect box --format {{if .State.Health}}checked{{else}}{{upper .State.Status}}{{end}}",
          "inspect web --type service --format {{with .Spec.Labels.x}}{{.}}{{else}}none{{end}}");

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  /// Fields that we add to Docker's API, which its client leaves out
  /// (`docs/DOCKER-COMPATIBILITY.md`).
  private static final Set<String> ADDITIONS = Set.of("CertNotAfter");

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);
  private final Shell ours = Shell.of(CLUSTER, Client.SWARM).on(docker.host());

  @AfterEach
  void clear() throws Exception {
    docker.clear();
  }

  /// Ages differ from one call to the next.
  private static String ageless(String text) {
    return text.replaceAll("(?i)(less than a|about an?|\\d+) (second|minute|hour)s?( ago)?", "AGE")
        .replaceAll(" {2,}", "  ")
        .strip();
  }

  /// What Go leaves out, we may say: nothing, none, no.
  private static JsonNode pruned(JsonNode node) {
    if (node.isObject()) {
      ObjectNode all = JSON.createObjectNode();
      node.properties()
          .forEach(
              e -> {
                JsonNode value = pruned(e.getValue());
                boolean nothing =
                    value.isNull()
                        || (value.isContainerNode() && value.isEmpty())
                        || (value.isNumber() && value.asDouble() == 0)
                        || (value.isTextual() && value.asText().isEmpty())
                        || (value.isBoolean() && !value.asBoolean());
                if (!nothing && !ADDITIONS.contains(e.getKey())) {
                  all.set(e.getKey(), value);
                }
              });
      return all;
    }
    if (node.isArray()) {
      ArrayNode all = JSON.createArrayNode();
      node.forEach(one -> all.add(pruned(one)));
      return all;
    }
    return node.isTextual() ? JSON.getNodeFactory().textNode(time(node.asText())) : node;
  }

  /// Go writes no zeros at the end of a second's fraction: the same time may look otherwise.
  private static String time(String text) {
    try {
      return Instant.parse(text).toString();
    } catch (DateTimeParseException _) {
      return text; // it is none
    }
  }

  /// What both print.
  private record Printed(String command, String theirs, String ours) {}

  private Printed print(String command) throws Exception {
    int format = command.indexOf("--format ");
    String bare = format < 0 ? command : command.substring(0, format);
    var words = new ArrayList<>(List.of(bare.split(" ")));
    if (format >= 0) {
      words.add("--format");
      words.add(command.substring(format + "--format ".length()));
    }
    return new Printed(command, docker.ok(words), ours.ok(words));
  }

  @Test
  void both_print_the_same() throws Exception {
    docker.container("box", "echo hello");
    docker.api().post("/containers/box/wait");
    docker.swarm().create(Swarm.published(Swarm.service("web", IMAGE, 1), 8080, 80));
    docker.awaitRunning("web", 1);
    var printed = new ConcurrentLinkedQueue<Printed>();
    Together.run(
        AT_ONCE,
        COMMANDS.stream().<Together.Task>map(one -> () -> printed.add(print(one))).toList());
    var all = new SoftAssertions();
    for (Printed one : printed) {
      // lists are lines of JSON, byte for byte the same
      boolean whole = !one.command.contains("--format") || one.command.startsWith("inspect");
      if (whole && (one.theirs.startsWith("[") || one.theirs.startsWith("{"))) {
        all.assertThat(pruned(JSON.readTree(one.ours)))
            .as(one.command)
            .isEqualTo(pruned(JSON.readTree(one.theirs)));
      } else {
        all.assertThat(ageless(one.ours)).as(one.command).isEqualTo(ageless(one.theirs));
      }
    }
    all.assertAll();
  }

  private static final List<String> REFUSED =
      List.of(
          "start nothing",
          "start nothing likewise",
          "rename nothing other",
          "run -it web:1 true",
          "exec -it nothing true",
          "run --cidfile /nowhere/id web:1 true");

  @Test
  void both_refuse_in_the_same_words() throws Exception {
    for (String command : REFUSED) {
      Client.Done theirs = docker.run(command.split(" "));
      Client.Done same = ours.run(command.split(" "));
      if (command.contains("cidfile")) { // in our words, and no container is left behind
        assertThat(same.err()).contains("/nowhere/id", "its folder does not exist");
      } else {
        assertThat(same.err()).as(command).isEqualTo(theirs.err());
        assertThat(same.status()).as(command).isEqualTo(theirs.status());
      }
    }
    assertThat(ours.ok("ps", "-aq")).isEmpty();
  }

  @Test
  void both_show_the_same_events() throws Exception {
    String since = Long.toString(Instant.now().getEpochSecond());
    docker.swarm().create(Swarm.service("web", IMAGE, 1)); // its container has many labels
    docker.awaitRunning("web", 1);
    docker.container("box", "true");
    docker.api().post("/containers/box/wait");
    docker.clear();
    String until = Long.toString(Instant.now().getEpochSecond() + 1);
    List<String> words = List.of("events", "--since", since, "--until", until);
    String theirs = docker.ok(words);
    assertThat(theirs)
        .contains(" container die ", " service remove ", "com.docker.swarm.task.name=web.1.");
    assertThat(ours.ok(words)).isEqualTo(theirs);
  }
}
