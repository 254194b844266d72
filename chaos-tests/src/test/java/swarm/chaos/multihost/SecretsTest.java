package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.IMAGE;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import swarm.chaos.client.Swarm;
import swarm.chaos.cluster.Wait;

/// Secrets and configs: in the containers that are to have them, on no disk, and gone with them.
@Tag("multihost")
final class SecretsTest {
  private static final int HOSTS = 3;

  /// What no file may hold; what holds it may hold it in Base64, too.
  private static final String FIRST = "swordfish-of-this-test-7261";

  private static final String SECOND = "another-word-of-this-test-9930";

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.formed(3, 3);

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);

  @AfterEach
  void nothingIsLeft() throws Exception {
    CLUSTER.removeServices(1);
    for (String kind : new String[] {"secrets", "configs"}) {
      for (var each : docker.api().get("/" + kind)) {
        docker.api().delete("/" + kind + "/" + each.path("ID").asText());
      }
    }
    for (int host = 1; host <= HOSTS; host++) {
      int at = host;
      Wait.until("nothing is mounted on host " + host, LIMIT, () -> mounts(at).isEmpty());
    }
  }

  private void create(String kind, String name, String content, String... options)
      throws Exception {
    var words = Stream.of(kind, "create").toList();
    var all = Stream.of(words, List.of(options), List.of(name, "-")).flatMap(List::stream).toList();
    Client.Done done = docker.run(content.getBytes(StandardCharsets.UTF_8), all);
    assertThat(done.status()).as(done.toString()).isZero();
  }

  /// What daemons have mounted for containers' files.
  private static List<String> mounts(int host) throws IOException {
    Path mounts = Path.of("/proc/" + CLUSTER.cluster().pid(host) + "/mounts");
    return Files.readAllLines(mounts).stream().filter(l -> l.contains("/provided ")).toList();
  }

  private static String container(String service) throws IOException {
    return CLUSTER.swarm(1).running(service).stream()
        .map(Swarm.TaskView::containerId)
        .findFirst()
        .orElse("");
  }

  private String in(int host, String service, String script) throws Exception {
    return docker.on(host).ok("exec", container(service), "sh", "-c", script).strip();
  }

  private static void onNoDisk(String content) throws IOException {
    byte[] plain = content.getBytes(StandardCharsets.UTF_8);
    byte[] encoded = java.util.Base64.getEncoder().encode(plain);
    for (int host = 1; host <= HOSTS; host++) {
      try (Stream<Path> files = Files.walk(CLUSTER.cluster().folder(host))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          String bytes = bytes(file);
          assertThat(
                  bytes.contains(latin(plain))
                      || bytes.contains(latin(encoded).substring(0, encoded.length - 4)))
              .as("%s holds the secret", file)
              .isFalse();
        }
      }
    }
  }

  private static String bytes(Path file) throws IOException {
    try {
      return latin(Files.readAllBytes(file));
    } catch (java.nio.file.NoSuchFileException _) {
      return ""; // it went meanwhile
    }
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Test
  void aSecretIsWhereItsTaskIsAndNowhereElse() throws Exception {
    create("secret", "db", FIRST, "--label", "a=b");
    assertThat(docker.ok("secret", "inspect", "db"))
        .contains("\"a\": \"b\"")
        .doesNotContain("Data");
    service("web", "--secret", "source=db,target=pw,uid=1000,gid=1001,mode=0400");

    assertThat(in(2, "web", "cat /run/secrets/pw; busybox stat -c ' %u %g %a' /run/secrets/pw"))
        .isEqualTo(FIRST + " 1000 1001 400");
    assertThat(in(2, "web", "echo x >/run/secrets/pw 2>/dev/null || echo refused"))
        .isEqualTo("refused");
    assertThat(in(2, "web", "grep ' /run/secrets/pw ' /proc/mounts")).contains("tmpfs", "ro,");
    assertThat(mounts(1)).isEmpty();
    assertThat(mounts(2)).hasSize(1);
    assertThat(mounts(3)).isEmpty();
    onNoDisk(FIRST);
    docker.fails("secret", "rm", "db").contains("secret 'db' is in use by the following service");

    // the container lives on without its daemon, and with the next one
    String before = container("web");
    CLUSTER.cluster().kill(2);
    CLUSTER.cluster().start(2);
    docker.awaitRunning("web", 1);
    assertThat(container("web")).isEqualTo(before);
    assertThat(in(2, "web", "cat /run/secrets/pw")).isEqualTo(FIRST);
    docker.on(2).fails("restart", "-t", "0", before).contains("cannot be started by hand");
    Wait.until(
        "another one runs",
        LIMIT,
        () -> {
          String now = container("web");
          return !now.isEmpty() && !now.equals(before);
        });
    assertThat(in(2, "web", "cat /run/secrets/pw")).isEqualTo(FIRST);
  }

  private void service(String name, String... options) throws Exception {
    var words =
        Stream.of(
            List.of(
                "service",
                "create",
                "--no-resolve-image",
                "--detach",
                "--name",
                name,
                "--stop-signal",
                "SIGKILL"),
            List.of("--restart-delay", "0s"),
            List.of("--constraint", "node.hostname==" + CLUSTER.cluster().hostname(2)),
            List.of(options),
            List.of(IMAGE, "sleep", "1000"));
    docker.ok(words.flatMap(List::stream).toList());
    docker.awaitRunning(name, 1);
  }

  @Test
  void aSecretIsRotatedAlsoUnderAnotherLeader() throws Exception {
    create("secret", "db.1", FIRST);
    service("web", "--secret", "source=db.1,target=/etc/pw");
    assertThat(in(2, "web", "busybox stat -c '%u %g %a' /etc/pw")).isEqualTo("0 0 444");
    create("secret", "db.2", SECOND);

    int leader = CLUSTER.leaderHost(1);
    CLUSTER.cluster().kill(leader);
    Shell other = docker.on(leader == 3 ? 2 : 3);
    Wait.until("another leads", LIMIT, () -> other.run("secret", "inspect", "db.2").status() == 0);
    String before =
        other.swarm().running("web").stream().map(Swarm.TaskView::containerId).findFirst().get();
    other.ok(
        "service",
        "update",
        "--detach",
        "--secret-rm",
        "db.1",
        "--secret-add",
        "source=db.2,target=/etc/pw",
        "web");
    CLUSTER.cluster().start(leader);
    CLUSTER.awaitReady(1, HOSTS);
    Wait.until(
        "the new task runs",
        LIMIT,
        () -> !container("web").isEmpty() && !container("web").equals(before));

    assertThat(in(2, "web", "cat /etc/pw")).isEqualTo(SECOND);
    docker.ok("secret", "rm", "db.1");
    docker.fails("service", "rollback", "--detach", "web").contains("secret not found: db.1");
    onNoDisk(FIRST);
    onNoDisk(SECOND);
  }

  @Test
  void aConfigMayBeATemplate() throws Exception {
    create("secret", "db", FIRST);
    create(
        "config",
        "app",
        "{{.Service.Name}} {{index .Service.Labels \"tier\"}} {{.Node.Hostname}} {{.Task.Slot}}"
            + " {{env \"COLOUR\"}} {{secret \"pw\"}}",
        "--template-driver",
        "golang");
    create("config", "plain", "{{.Service.Name}}");
    service(
        "web",
        "--secret",
        "source=db,target=pw",
        "--config",
        "app",
        "--config",
        "source=plain,target=/etc/a/plain,mode=0440",
        "--label",
        "tier=front",
        "--env",
        "COLOUR=red",
        "--env",
        "WHERE={{.Node.Hostname}}",
        "--hostname",
        "{{.Service.Name}}-{{.Task.Slot}}");

    String host = CLUSTER.cluster().hostname(2);
    assertThat(in(2, "web", "cat /app")).isEqualTo("web front " + host + " 1 red " + FIRST);
    assertThat(in(2, "web", "cat /etc/a/plain")).isEqualTo("{{.Service.Name}}");
    assertThat(in(2, "web", "echo $WHERE; hostname")).isEqualTo(host + "\nweb-1");
    assertThat(docker.ok("config", "inspect", "--format", "{{json .Spec.Data}}", "plain"))
        .isEqualTo("\"e3suU2VydmljZS5OYW1lfX0=\"\n");
    onNoDisk(FIRST);
    docker
        .fails("service", "create", "--no-resolve-image", "--detach", "--env", "A={{.Foo}}", IMAGE)
        .contains("expanding env failed");
  }

  @Test
  void aTemplateThatFailsRejectsItsTask() throws Exception {
    create("config", "app", "{{secret \"none\"}}", "--template-driver", "golang");
    docker.ok(
        "service",
        "create",
        "--no-resolve-image",
        "--detach",
        "--name",
        "bad",
        "--config",
        "app",
        "--restart-condition",
        "none",
        IMAGE);
    Wait.until(
        "the task says why",
        LIMIT,
        () ->
            docker
                .run("service", "ps", "--no-trunc", "bad")
                .out()
                .contains("secret target none not found"));
  }

  @Test
  void ourOwnCommandDoesTheSame() throws Exception {
    Shell swarm = Shell.of(CLUSTER, Client.SWARM);
    Client.Done made =
        swarm.run(
            FIRST.getBytes(StandardCharsets.UTF_8), List.of("secret", "create", "-l", "a", "db"));
    assertThat(made.status()).as(made.toString()).isZero();
    Client.Done config =
        swarm.run("x".getBytes(StandardCharsets.UTF_8), List.of("config", "create", "app", "-"));
    assertThat(config.status()).as(config.toString()).isZero();
    for (String kind : new String[] {"secret", "config"}) {
      for (String[] words :
          new String[][] {
            {kind, "ls", "--format", "{{.ID}} {{.Name}} {{.Labels}}"},
            {kind, "ls", "-q"},
            {kind, "inspect", "--pretty", "app"},
            {kind, "inspect", "db"}
          }) {
        Client.Done theirs = docker.on(2).run(words);
        Client.Done ours = swarm.run(words);
        assertThat(ours.status()).as(ours.toString()).isEqualTo(theirs.status());
        assertThat(ours.out()).as("%s", String.join(" ", words)).isEqualTo(theirs.out());
      }
      assertThat(Shell.table(swarm.ok(kind, "ls")).getFirst()) // the ages differ
          .isEqualTo(Shell.table(docker.ok(kind, "ls")).getFirst());
    }
    service("web");
    swarm.ok(
        "service",
        "update",
        "--detach",
        "--secret-add",
        "source=db,mode=0400",
        "--config-add",
        "app",
        "web");
    Wait.until(
        "the new task runs",
        LIMIT,
        () ->
            !container("web").isEmpty()
                && docker
                    .on(2)
                    .run("exec", container("web"), "cat", "/run/secrets/db", "/app")
                    .out()
                    .equals(FIRST + "x"));
    swarm.ok("service", "update", "--detach", "--secret-rm", "db", "--config-rm", "app", "web");
    Wait.until("it is unused", LIMIT, () -> swarm.run("secret", "rm", "db").status() == 0);
    swarm.ok("config", "rm", "app");
    swarm.fails("secret", "rm", "db").contains("secret db not found");
    swarm
        .fails("service", "create", "--no-resolve-image", "--detach", "--secret", "db", IMAGE)
        .contains("secret not found: db");
  }

  /// A daemon that dies between the mount and the start leaves nothing to the next.
  @Test
  void whatAStartLeftIsClearedAway() throws Exception {
    Path armed = CLUSTER.cluster().folder(2).resolve("crash-point");
    CLUSTER.cluster().stop(2);
    CLUSTER.cluster().launch(2, Map.of("SWARM_TEST_CRASH_POINT_FILE", armed.toString()));
    CLUSTER.cluster().awaitDaemon(2);
    CLUSTER.awaitReady(1, HOSTS);
    create("secret", "db", FIRST);
    Files.writeString(armed, "FILES_PROVIDED");
    docker.ok(
        "service",
        "create",
        "--no-resolve-image",
        "--detach",
        "--name",
        "web",
        "--secret",
        "db",
        "--constraint",
        "node.hostname==" + CLUSTER.cluster().hostname(2),
        "--stop-signal",
        "SIGKILL",
        IMAGE,
        "sleep",
        "1000");
    Wait.until("the daemon has ended", LIMIT, () -> CLUSTER.cluster().pid(2) == 0);
    Files.delete(armed);
    CLUSTER.cluster().start(2);
    docker.awaitRunning("web", 1);

    assertThat(in(2, "web", "cat /run/secrets/db")).isEqualTo(FIRST);
    assertThat(mounts(2)).hasSize(1);
    onNoDisk(FIRST);
  }
}
