package swarm.chaos.multihost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.BusyboxImage;
import swarm.chaos.cluster.TestCluster;
import swarm.chaos.cluster.Wait;
import swarm.chaos.contract.Archives;

/// The unmodified `docker` command and our own `swarm`, each doing what its users do every day:
/// what they rely on in its output, its exit status, and where its errors go. Where both have the
/// same command, they print the same.
@Tag("multihost")
final class CommandsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NOTHING = new byte[0];
  private static final String ID = "[a-z0-9]{25}";

  /// How a line of a service's log begins.
  private static final String NAMED = "talker\\.1\\.[a-z0-9]{12}@\\S+ +\\| ";

  /// Host 1 is a swarm of its own; 2 and 3 are for those who make one.
  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.apart(3);

  @BeforeAll
  static void one_is_a_swarm() throws Exception {
    var body =
        JSON.createObjectNode()
            .put("ListenAddr", "0.0.0.0:2377")
            .put("AdvertiseAddr", TestCluster.address(1));
    CLUSTER.cluster().api(1).post("/swarm/init", body);
    CLUSTER.awaitReady(1, 1);
  }

  @AfterEach
  void clear() throws Exception {
    var api = CLUSTER.cluster().api(1);
    for (JsonNode service : api.get("/services")) {
      CLUSTER.swarm(1).remove(service.path("ID").asText());
    }
    Wait.until(
        "no task is left",
        LIMIT,
        () -> {
          for (JsonNode container : api.get("/containers/json?all=1")) {
            api.delete("/containers/" + container.path("Id").asText() + "?force=1");
          }
          return api.get("/tasks").isEmpty() && api.get("/containers/json?all=1").isEmpty();
        });
    for (JsonNode image : api.get("/images/json")) {
      if (!image.path("RepoTags").path(0).asText().equals(IMAGE)) {
        api.delete("/images/" + image.path("Id").asText() + "?force=1");
      }
    }
  }

  // ---- how they are run

  private static Client.Done run(Client client, int host, byte[] input, List<String> words)
      throws Exception {
    Assumptions.assumeTrue(client.installed(), "there is no docker command here to run");
    return client.run(CLUSTER.cluster(), host, input, words);
  }

  private static String ok(Client client, int host, List<String> words) throws Exception {
    Client.Done done = run(client, host, NOTHING, words);
    assertThat(done.status()).as(done.toString()).isZero();
    return done.out();
  }

  private static String ok(Client client, String... words) throws Exception {
    return ok(client, 1, List.of(words));
  }

  /// It fails with status 1, and says on standard error why.
  private static AbstractStringAssert<?> fails(Client client, int host, List<String> words)
      throws Exception {
    Client.Done done = run(client, host, NOTHING, words);
    assertThat(done.status()).as(done.toString()).isEqualTo(1);
    assertThat(done.err()).as(done.toString()).isNotBlank();
    return assertThat(done.err()).as(done.toString());
  }

  private static AbstractStringAssert<?> fails(Client client, String... words) throws Exception {
    return fails(client, 1, List.of(words));
  }

  /// The cells of each row of a table, its head first.
  private static List<List<String>> table(String out) {
    return out.lines().map(line -> Arrays.asList(line.strip().split(" {2,}"))).toList();
  }

  // ---- the program itself

  @ParameterizedTest
  @EnumSource
  void version(Client client) throws Exception {
    assertThat(ok(client, "version"))
        .contains("Client:", "Server:")
        .containsPattern("API version: +1\\.50");
    assertThat(ok(client, "version", "--format", "{{.Server.APIVersion}}").strip())
        .isEqualTo("1.50");
  }

  @ParameterizedTest
  @EnumSource
  void info(Client client) throws Exception {
    assertThat(ok(client, "info"))
        .contains(" Swarm: active", "  Is Manager: true", "  Nodes: 1", "  Managers: 1")
        .contains(
            "  Node Address: " + TestCluster.address(1), " Cgroup Driver:", " Storage Driver:");
    assertThat(ok(client, "info", "--format", "{{.Swarm.LocalNodeState}}")).isEqualTo("active\n");
    assertThat(ok(client, 2, List.of("info"))).contains(" Swarm: inactive");
  }

  @ParameterizedTest
  @EnumSource
  void what_there_is_not(Client client) throws Exception {
    Client.Done done = run(client, 1, NOTHING, List.of("frobnicate"));
    assertThat(done.status()).as(done.toString()).isPositive();
    assertThat(done.err()).contains("frobnicate");
    assertThat(done.out()).isEmpty();
  }

  // ---- the cluster

  @ParameterizedTest
  @EnumSource
  void init_join_and_leave(Client client) throws Exception {
    String address = TestCluster.address(2) + ":2377";
    fails(client, 2, client.cluster("join-token", "worker")).contains("not a swarm manager");
    String made = ok(client, 2, client.cluster("init", "--advertise-addr", TestCluster.address(2)));
    assertThat(made)
        .containsPattern("Swarm initialized: current node \\(" + ID + "\\) is now a manager\\.")
        .containsPattern("swarm join --token SWMTKN-1-\\S+ " + address);
    CLUSTER.awaitReady(2, 1);
    fails(client, 2, client.cluster("init")).contains("already part of a swarm");

    String token = ok(client, 2, client.cluster("join-token", "-q", "worker")).strip();
    assertThat(token).matches("SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}");
    assertThat(ok(client, 2, client.cluster("join-token", "worker")))
        .contains("    ", "swarm join --token " + token + " " + address);
    assertThat(ok(client, 2, client.cluster("join-token", "manager")))
        .contains("To add a manager to this swarm, run the following command:")
        .doesNotContain(token);
    fails(client, 2, client.cluster("join-token", "king")).contains("king");
    String rotated =
        ok(client, 2, client.cluster("join-token", "--rotate", "-q", "worker")).strip();
    assertThat(rotated).startsWith("SWMTKN-1-").isNotEqualTo(token);

    fails(client, 3, client.cluster("join", "--token", token, address)).isNotBlank();
    assertThat(
            ok(
                client,
                3,
                client.cluster(
                    "join",
                    "--advertise-addr",
                    TestCluster.address(3),
                    "--token",
                    rotated,
                    address)))
        .isEqualTo("This node joined a swarm as a worker.\n");
    CLUSTER.awaitReady(2, 2);
    fails(client, 3, client.cluster("join", "--token", rotated, address))
        .contains("already part of a swarm");
    fails(client, 3, List.of("node", "ls")).contains("not a swarm manager");
    assertThat(ok(client, 3, List.of("info"))).contains("  Is Manager: false");

    assertThat(ok(client, 3, client.cluster("leave"))).isEqualTo("Node left the swarm.\n");
    fails(client, 2, client.cluster("leave")).contains("--force");
    assertThat(ok(client, 2, client.cluster("leave", "--force")))
        .isEqualTo("Node left the swarm.\n");
    assertThat(ok(client, 2, List.of("info"))).contains(" Swarm: inactive");
    fails(client, 2, client.cluster("leave")).contains("not part of a swarm");
  }

  @ParameterizedTest
  @EnumSource
  void nodes(Client client) throws Exception {
    String name = CLUSTER.cluster().hostname(1);
    String id = CLUSTER.nodeId(1, 1);
    List<List<String>> rows = table(ok(client, "node", "ls"));
    assertThat(rows.getFirst())
        .containsExactly(
            "ID", "HOSTNAME", "STATUS", "AVAILABILITY", "MANAGER STATUS", "ENGINE VERSION");
    assertThat(rows.get(1)).startsWith(id + " *", name, "Ready", "Active", "Leader");
    assertThat(ok(client, "node", "ls", "-q")).isEqualTo(id + "\n");
    assertThat(ok(client, "node", "ls", "--filter", "role=worker", "-q")).isEmpty();
    for (String node : List.of("self", name, id)) {
      assertThat(ok(client, "node", "inspect", node, "--format", "{{.Status.State}} {{.ID}}"))
          .isEqualTo("ready " + id + "\n");
    }
    assertThat(JSON.readTree(ok(client, "node", "inspect", "self")).path(0).path("ID").asText())
        .isEqualTo(id);
    create(client, "web", "sleep 1000");
    rows = table(ok(client, "node", "ps"));
    assertThat(rows.getFirst()).startsWith("ID", "NAME", "IMAGE", "NODE", "DESIRED STATE");
    assertThat(rows.get(1)).contains("web.1", IMAGE, name, "Running");
    fails(client, "node", "inspect", "nothing").contains("nothing");
    fails(client, "node", "ps", "nothing").contains("nothing");
  }

  // ---- services

  private static void create(Client client, String name, String script) throws Exception {
    String out =
        ok(
            client,
            "service",
            "create",
            "--stop-signal",
            "SIGKILL",
            "--name",
            name,
            IMAGE,
            "sh",
            "-c",
            script);
    assertThat(out.lines().findFirst()).hasValueSatisfying(id -> assertThat(id).matches(ID));
    CLUSTER.awaitRunning(1, name, 1, 0);
  }

  @ParameterizedTest
  @EnumSource
  void a_service_from_its_creation_to_its_end(Client client) throws Exception {
    String out =
        ok(
            client,
            "service",
            "create",
            "--name",
            "web",
            "--replicas",
            "2",
            "--stop-signal",
            "SIGKILL",
            "--publish",
            "8080:80",
            "--env",
            "A=1",
            "--label",
            "tier=front",
            "--limit-memory",
            "64M",
            IMAGE);
    assertThat(out).contains("converged");
    CLUSTER.awaitRunning(1, "web", 2, 0);
    assertThat(CLUSTER.awaitAnswer(1, 8080)).isNotEmpty();
    fails(client, "service", "create", "--name", "web", IMAGE).contains("web", "exists");

    List<List<String>> rows = table(ok(client, "service", "ls"));
    assertThat(rows.getFirst()).containsExactly("ID", "NAME", "MODE", "REPLICAS", "IMAGE", "PORTS");
    assertThat(rows.get(1).getFirst()).matches("[a-z0-9]{12}");
    assertThat(rows.get(1).subList(1, 6))
        .containsExactly("web", "replicated", "2/2", IMAGE, "*:8080->80/tcp");
    rows = table(ok(client, "service", "ps", "web"));
    assertThat(rows.getFirst()).startsWith("ID", "NAME", "IMAGE", "NODE", "DESIRED STATE");
    assertThat(rows).hasSize(3);
    assertThat(rows.get(1)).contains("Running", CLUSTER.cluster().hostname(1));
    JsonNode service = JSON.readTree(ok(client, "service", "inspect", "web")).path(0);
    assertThat(service.at("/Spec/TaskTemplate/ContainerSpec/Env/0").asText()).isEqualTo("A=1");
    assertThat(service.at("/Spec/TaskTemplate/Resources/Limits/MemoryBytes").asLong())
        .isEqualTo(64 << 20);
    assertThat(ok(client, "service", "inspect", "--format", "{{.Spec.Labels.tier}}", "web"))
        .isEqualTo("front\n");

    assertThat(ok(client, "service", "scale", "web=3")).contains("web scaled to 3", "converged");
    CLUSTER.awaitRunning(1, "web", 3, 0);
    assertThat(ok(client, "service", "scale", "--detach", "web=1")).isEqualTo("web scaled to 1\n");
    CLUSTER.awaitRunning(1, "web", 1, 0);
    assertThat(
            ok(client, "service", "update", "--env-add", "B=2", "--update-monitor", "1ms", "web"))
        .startsWith("web\n"); // docker says "converged" only where it saw that before the end
    assertThat(
            ok(
                client,
                "service",
                "inspect",
                "--format",
                "{{json .Spec.TaskTemplate.ContainerSpec.Env}}",
                "web"))
        .isEqualTo("[\"A=1\",\"B=2\"]\n");
    assertThat(ok(client, "service", "rollback", "web")).contains("web");
    assertThat(
            ok(
                client,
                "service",
                "inspect",
                "--format",
                "{{json .Spec.TaskTemplate.ContainerSpec.Env}}",
                "web"))
        .isEqualTo("[\"A=1\"]\n");
    assertThat(ok(client, "service", "rm", "web")).isEqualTo("web\n");
    assertThat(table(ok(client, "service", "ls"))).hasSize(1);
    fails(client, "service", "inspect", "web").contains("web");
  }

  @ParameterizedTest
  @EnumSource
  void logs_of_a_service(Client client) throws Exception {
    create(client, "talker", "echo out; echo err >&2; exec sleep 1000");
    Wait.until(
        "both lines are there",
        LIMIT,
        () -> {
          Client.Done done =
              client.run(CLUSTER.cluster(), 1, NOTHING, List.of("service", "logs", "talker"));
          return done.out().lines().anyMatch(l -> l.matches(NAMED + "out"))
              && done.err().lines().anyMatch(l -> l.matches(NAMED + "err"));
        });
    assertThat(ok(client, "service", "logs", "--raw", "talker")).isEqualTo("out\n");
    fails(client, "service", "logs", "nothing").contains("nothing");
  }

  @ParameterizedTest
  @EnumSource
  void errors_about_services(Client client) throws Exception {
    for (List<String> words :
        List.of(
            List.of("service", "inspect", "nothing"),
            List.of("service", "ps", "nothing"),
            List.of("service", "rm", "nothing"),
            List.of("service", "scale", "nothing=2"),
            List.of("service", "update", "--env-add", "A=1", "nothing"))) {
      fails(client, 1, words).contains("nothing");
    }
    fails(client, "service", "create", "--name", "not a name", IMAGE).contains("not a name");
    fails(client, "service", "create", "--name", "x", "Not An Image").contains("Not An Image");
    fails(client, "service", "create").contains("argument");
    fails(client, "service", "scale", "web").contains("web");
    assertThat(CLUSTER.cluster().api(1).get("/services")).isEmpty();
  }

  // ---- containers

  private static String container(String name, String script) throws IOException {
    var body = JSON.createObjectNode().put("Image", IMAGE);
    body.putArray("Cmd").add("sh").add("-c").add(script);
    var api = CLUSTER.cluster().api(1);
    String id = api.post("/containers/create?name=" + name, body).path("Id").asText();
    api.post("/containers/" + id + "/start");
    return id;
  }

  @ParameterizedTest
  @EnumSource
  void containers(Client client) throws Exception {
    String id = container("box", "echo out; echo err >&2; exec sleep 1000");
    List<List<String>> rows = table(ok(client, "ps"));
    assertThat(rows.getFirst())
        .containsExactly("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "PORTS", "NAMES");
    assertThat(rows.get(1)).startsWith(id.substring(0, 12), IMAGE).endsWith("box");
    assertThat(rows.get(1).get(4)).startsWith("Up ");
    assertThat(ok(client, "ps", "-q", "--no-trunc")).isEqualTo(id + "\n");
    JsonNode shown = JSON.readTree(ok(client, "inspect", "box")).path(0);
    assertThat(shown.path("Id").asText()).isEqualTo(id);
    assertThat(ok(client, "inspect", "--format", "{{.State.Status}} {{.Name}}", "box"))
        .isEqualTo("running /box\n");
    Wait.until(
        "its output is logged",
        LIMIT,
        () -> {
          Client.Done done = client.run(CLUSTER.cluster(), 1, NOTHING, List.of("logs", "box"));
          return done.status() == 0 && done.out().equals("out\n") && done.err().equals("err\n");
        });
    assertThat(ok(client, "stop", "-t", "0", "box")).isEqualTo("box\n");
    assertThat(table(ok(client, "ps"))).hasSize(1);
    assertThat(ok(client, "ps", "-a", "--format", "{{.Names}}: {{.Status}}"))
        .startsWith("box: Exited (137) ");
    assertThat(ok(client, "rm", "box")).isEqualTo("box\n");
    for (List<String> words :
        List.of(
            List.of("logs", "box"),
            List.of("inspect", "box"),
            List.of("stop", "box"),
            List.of("rm", "box"))) {
      fails(client, 1, words).containsIgnoringCase("no such").contains("box");
    }
  }

  @ParameterizedTest
  @EnumSource
  void events(Client client) throws Exception {
    long since = Instant.now().getEpochSecond();
    String id = container("short", "true");
    CLUSTER.cluster().api(1).post("/containers/short/wait");
    String until = Long.toString(Instant.now().getEpochSecond() + 1);
    String out =
        ok(
            client,
            "events",
            "--since",
            Long.toString(since),
            "--until",
            until,
            "--filter",
            "container=short");
    for (String action : List.of("create", "start", "die")) {
      assertThat(out)
          .containsPattern(
              "(?m)^\\d{4}-\\d\\d-\\d\\dT\\S+ container "
                  + action
                  + " "
                  + id
                  + " \\(.*name=short.*\\)$");
    }
    assertThat(
            ok(
                client,
                "events",
                "--since",
                Long.toString(since),
                "--until",
                until,
                "--filter",
                "event=die",
                "--format",
                "{{.Type}} {{.Action}}"))
        .contains("container die\n")
        .doesNotContain("create");
  }

  // ---- images

  @ParameterizedTest
  @EnumSource
  void images(Client client) throws Exception {
    List<List<String>> rows = table(ok(client, "images"));
    assertThat(rows.getFirst()).containsExactly("REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE");
    assertThat(rows.get(1)).startsWith("web", "1");
    assertThat(ok(client, "images", "--format", "{{.Repository}}:{{.Tag}}"))
        .isEqualTo(IMAGE + "\n");
    String id = ok(client, "images", "-q", "--no-trunc", IMAGE).strip();
    assertThat(id).matches("sha256:[0-9a-f]{64}");
    assertThat(ok(client, "images", "-q", "nothing")).isEmpty();
    assertThat(ok(client, "inspect", "--format", "{{.Id}}", IMAGE)).isEqualTo(id + "\n");
    ok(client, "tag", IMAGE, "other:2");
    assertThat(ok(client, "rmi", "other:2")).isEqualTo("Untagged: other:2\n");
    fails(client, "rmi", "nothing").contains("nothing");
  }

  @ParameterizedTest
  @EnumSource
  void pulling(Client client) throws Exception {
    Assumptions.assumeTrue(RegistryOnHost.installed(), "no docker-registry here to pull from");
    String name = "127.0.0.1:" + RegistryOnHost.PORT + "/team/app";
    try (var registry = new RegistryOnHost(CLUSTER.cluster(), 1)) {
      registry.push("team/app", "latest", BusyboxImage.tar());
      assertThat(ok(client, "pull", name))
          .contains("Using default tag: latest", "latest: Pulling from team/app", "Digest: sha256:")
          .contains("Status: Downloaded newer image for " + name + ":latest")
          .endsWith("\n" + name + ":latest\n");
      assertThat(ok(client, "pull", name))
          .contains("Status: Image is up to date for " + name + ":latest");
      assertThat(ok(client, "images", "--format", "{{.Repository}}:{{.Tag}}", name))
          .isEqualTo(name + ":latest\n");
      String digest = ok(client, "inspect", "--format", "{{index .RepoDigests 0}}", name).strip();
      assertThat(digest).startsWith(name + "@sha256:");
      assertThat(ok(client, "pull", "-q", digest)).isEqualTo(digest + "\n");
      fails(client, "pull", name + ":nothing").contains("not found");
    }
    fails(client, "pull", name).contains("127.0.0.1:" + RegistryOnHost.PORT);
    fails(client, "pull", "Not A Name").contains("invalid reference format");
  }

  @ParameterizedTest
  @EnumSource
  void loading(Client client) throws Exception {
    byte[] archive = Archives.docker("loaded:1", BusyboxImage.tar());
    Client.Done done = run(client, 1, archive, List.of("load"));
    assertThat(done.status()).as(done.toString()).isZero();
    assertThat(done.out()).isEqualTo("Loaded image: loaded:1\n");
    Path file = CLUSTER.cluster().folder(1).resolve("archive.tar");
    Files.write(file, archive);
    assertThat(ok(client, "load", "-i", file.toString())).isEqualTo("Loaded image: loaded:1\n");
    assertThat(ok(client, "images", "-q", "loaded:1")).isNotEmpty();
    Client.Done bad = run(client, 1, "this is no tar".getBytes(UTF_8), List.of("load"));
    assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
    assertThat(bad.err()).isNotBlank();
    fails(client, "load", "-i", file + ".nothing").contains("no such file");
  }

  @ParameterizedTest
  @EnumSource
  void importing(Client client) throws Exception {
    byte[] tar = BusyboxImage.tar();
    Client.Done done = run(client, 1, tar, List.of("import", "-c", "CMD [\"sh\"]", "-", "made:1"));
    assertThat(done.status()).as(done.toString()).isZero();
    assertThat(done.out()).matches("sha256:[0-9a-f]{64}\n");
    assertThat(ok(client, "inspect", "--format", "{{.Id}} {{json .Config.Cmd}}", "made:1"))
        .isEqualTo(done.out().strip() + " [\"sh\"]\n");
    Client.Done bad = run(client, 1, tar, List.of("import", "-c", "COOK dinner", "-", "bad:1"));
    assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
    assertThat(bad.err()).contains("COOK dinner");
    bad = run(client, 1, "this is no tar".getBytes(UTF_8), List.of("import", "-", "bad:1"));
    assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
    assertThat(ok(client, "images", "-q", "bad:1")).isEmpty();
  }

  // ---- alike

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
                if (!nothing) {
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

  @Test
  void both_print_the_same() throws Exception {
    container("box", "echo hello");
    CLUSTER.cluster().api(1).post("/containers/box/wait");
    CLUSTER.swarm(1).create(Swarm.published(Swarm.service("web", IMAGE, 1), 8080, 80));
    CLUSTER.awaitRunning(1, "web", 1, 0);
    var all = new SoftAssertions();
    for (String command :
        List.of(
            "node ls",
            "node ps",
            "node inspect self",
            "node ls --format {{.ID}} {{.Hostname}} {{.Self}} {{.ManagerStatus}} {{.Availability}}",
            "service ls",
            "service ls --format {{json .}}",
            "service ps web",
            "service ps --no-trunc web",
            "service inspect web",
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
            "network ls --no-trunc")) {
      int format = command.indexOf("--format ");
      String bare = format < 0 ? command : command.substring(0, format);
      var words = new ArrayList<>(List.of(bare.split(" ")));
      if (format >= 0) {
        words.add("--format");
        words.add(command.substring(format + "--format ".length()));
      }
      String theirs = ok(Client.DOCKER, 1, words);
      String ours = ok(Client.SWARM, 1, words);
      if (theirs.startsWith("[") || theirs.startsWith("{")) {
        all.assertThat(pruned(JSON.readTree(ours)))
            .as(command)
            .isEqualTo(pruned(JSON.readTree(theirs)));
      } else {
        all.assertThat(ageless(ours)).as(command).isEqualTo(ageless(theirs));
      }
    }
    all.assertAll();
  }

  @Test
  void both_show_the_same_events() throws Exception {
    String since = Long.toString(Instant.now().getEpochSecond());
    container("box", "true");
    CLUSTER.cluster().api(1).post("/containers/box/wait");
    String until = Long.toString(Instant.now().getEpochSecond() + 1);
    List<String> words = List.of("events", "--since", since, "--until", until);
    String theirs = ok(Client.DOCKER, 1, words);
    assertThat(theirs).contains(" container die ");
    assertThat(ok(Client.SWARM, 1, words)).isEqualTo(theirs);
  }
}
