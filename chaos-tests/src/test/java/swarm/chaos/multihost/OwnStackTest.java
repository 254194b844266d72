package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.cluster.Wait;

/// `swarm stack`: the same file gives the same cluster as with `docker stack`, and what only ours
/// does.
@Tag("multihost")
final class OwnStackTest {
  private static final String FILE =
      """
      x-common: &common
        image: web:1
        stop_signal: SIGKILL
      services:
        web:
          <<: *common
          build: .
          ports: ["8080:80", {target: 81, published: 8081, protocol: udp}]
          networks: {front: {aliases: [www]}, default: {}}
          configs: [{source: page, target: /www/page, mode: 0440}]
          environment: {A: 1.10, B: "${NONE:-b c}", C: $$x, HOME: /}
          env_file: web.env
          labels: [tier=front]
          hostname: "{{.Task.Name}}"
          healthcheck: {test: "true", interval: 5s, start_period: 1m, retries: 2}
          extra_hosts: ["db.local:10.0.0.9"]
          sysctls: {net.core.somaxconn: 1024}
          cap_add: [NET_ADMIN]
          cap_drop: [MKNOD]
          stop_grace_period: 3s
          logging: {driver: json-file, options: {max-size: 1m}}
          volumes: ["data:/data", "/tmp:/host:ro", {type: tmpfs, target: /t, tmpfs: {size: 1048576}}]
          deploy:
            replicas: 2
            labels: {owner: me}
            update_config: {order: start-first, delay: 1s, failure_action: rollback, max_failure_ratio: 0.5}
            rollback_config: {parallelism: 0}
            restart_policy: {condition: any, delay: 2s, max_attempts: 5, window: 1m}
            resources: {limits: {cpus: "0.5", memory: 64M, pids: 50}, reservations: {memory: 8m}}
            placement: {constraints: [node.role == manager], preferences: [{spread: node.labels.zone}], max_replicas_per_node: 4}
        quiet:
          <<: *common
          command: sh -c "sleep 600"
          entrypoint: []
          secrets: [{source: key, target: other, uid: "5"}]
          networks: [front]
          depends_on: [web]
          user: "0"
          tty: true
          read_only: true
          init: true
          deploy: {mode: global, endpoint_mode: dnsrr}
      networks:
        front: {attachable: true, labels: {a: b}, ipam: {config: [{subnet: 10.99.0.0/24}]}}
      volumes:
        data: {labels: [a=b]}
      configs:
        page: {file: ./page}
      secrets:
        key: {file: ./key, labels: {a: b}}
      """;

  private static final String SMALL =
      """
      services:
        db:
          image: web:1
          command: sleep 600
          stop_signal: SIGKILL
        web:
          image: web:1
          command: sleep 600
          stop_signal: SIGKILL
          deploy: {replicas: 2}
          depends_on: {db: {condition: service_started}}
      """;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path folder;

  private Path files(String text) throws Exception {
    Files.writeString(folder.resolve("page"), "the page\n");
    Files.writeString(folder.resolve("key"), "the key");
    Files.writeString(folder.resolve("web.env"), "FROM_FILE=a b\nA=other\n");
    return Files.writeString(folder.resolve("stack.yml"), text);
  }

  /// What the cluster has of a stack, without ids and times.
  private static Map<String, String> made(Shell shell) throws Exception {
    var all = new TreeMap<String, String>();
    for (JsonNode service : shell.api().get("/services")) {
      String name = service.path("Spec").path("Name").asText();
      all.put("service " + name, ordered(service.path("Spec")));
    }
    for (String kind : List.of("secrets", "configs")) {
      for (JsonNode one : shell.api().get("/" + kind)) {
        all.put(kind + " " + one.path("Spec").path("Name").asText(), ordered(one.path("Spec")));
      }
    }
    for (JsonNode network : shell.api().get("/networks")) {
      if (network.path("Name").asText().startsWith("shop_")) {
        all.put(
            "network " + network.path("Name").asText(),
            List.of("Driver", "Scope", "Labels", "Options", "Attachable", "Internal", "Ingress")
                    .stream()
                    .map(field -> ordered(network.path(field)))
                    .toList()
                + (network.path("Name").asText().equals("shop_front")
                    ? network.path("IPAM").toString()
                    : ""));
      }
    }
    all.replaceAll(
        (_, text) ->
            text.replaceAll("\"" + Shell.ID + "\"", "\"ID\"")
                .replaceAll("(vxlanid_list=)\"\\d+\"", "$1\"ID\""));
    return all;
  }

  /// With the members of objects by name.
  private static String ordered(JsonNode node) {
    if (node.isObject()) {
      var all = new TreeMap<String, String>();
      node.properties().forEach(each -> all.put(each.getKey(), ordered(each.getValue())));
      return all.toString();
    }
    if (node.isArray()) {
      var all = new ArrayList<String>();
      node.forEach(item -> all.add(ordered(item)));
      return all.toString();
    }
    return node.toString();
  }

  private static List<String> sorted(String text) {
    return text.lines().map(line -> line.replaceAll(Shell.ID, "ID")).sorted().toList();
  }

  @Test
  void the_same_file_gives_the_same_stack() throws Exception {
    String file = files(FILE).toString();
    var said = new TreeMap<String, List<String>>();
    var made = new TreeMap<String, Map<String, String>>();
    Shell.both(
        CLUSTER,
        shell -> {
          end(shell);
          String who = shell.client().name();
          var lines = new ArrayList<String>();
          for (int time = 0; time < 2; time++) {
            Client.Done done =
                shell.run("stack", "deploy", "--resolve-image", "never", "-c", file, "shop");
            assertThat(done.status()).as(done.toString()).isZero();
            lines.addAll(sorted(done.out()));
            lines.addAll(sorted(done.err()));
          }
          shell.awaitRunning("shop_web", 2);
          lines.addAll(sorted(shell.ok("stack", "ls")));
          lines.addAll(
              sorted(shell.ok("stack", "services", "--format", "{{.Name}} {{.Mode}}", "shop")));
          lines.addAll(sorted(shell.ok("stack", "ps", "--format", "{{.Image}}", "shop")));
          lines.addAll(shell.ok("stack", "config", "-c", file).lines().toList());
          for (String[] wrong :
              List.of(
                  new String[] {"stack", "ps", "none"},
                  new String[] {"stack", "services", "none"},
                  new String[] {"stack", "rm", "none"},
                  new String[] {"stack", "deploy", "-c", "/none.yml", "none"},
                  new String[] {"stack", "deploy", "none"},
                  new String[] {"stack", "deploy", "-c", file, " "},
                  new String[] {"stack", "deploy", "--resolve-image", "x", "-c", file, "shop"})) {
            Client.Done done = shell.run(wrong);
            lines.add(done.status() + " " + done.err());
          }
          synchronized (said) {
            made.put(who, made(shell));
          }
          lines.addAll(sorted(shell.ok("stack", "rm", "shop")));
          end(shell);
          synchronized (said) {
            said.put(who, lines);
          }
        });
    Map<String, String> theirs = made.getOrDefault("DOCKER", Map.of());
    Map<String, String> ours = made.getOrDefault("SWARM", Map.of());
    assertThat(ours.keySet()).isEqualTo(theirs.keySet()).contains("service shop_web");
    theirs.forEach((name, text) -> assertThat(ours.get(name)).as(name).isEqualTo(text));
    assertThat(said.get("SWARM")).containsExactlyElementsOf(said.get("DOCKER"));
  }

  @Test
  void a_dry_run_shows_what_would_change_and_changes_nothing() throws Exception {
    Shell ours = Shell.of(CLUSTER, Client.SWARM);
    end(ours);
    String file = files(SMALL).toString();
    String[] never = {"--resolve-image", "never", "-c", file, "shop"};
    assertThat(run(ours, List.of("--dry-run"), never).out())
        .isEqualTo(
            """
            Network shop_default: would be created (driver overlay)
            Service shop_db: would be created (image web:1)
            Service shop_web: would be created (image web:1)
            """);
    assertThat(ours.ok("stack", "ls", "--format", "{{.Name}}")).isEmpty();

    assertThat(sorted(run(ours, List.of("--detach=false", "-q"), never).out()))
        .containsExactly(
            "Creating network shop_default",
            "Creating service shop_db",
            "Creating service shop_web");
    assertThat(
            ours.ok(
                "service",
                "inspect",
                "--format",
                "{{index .Spec.Labels \"swarm.depends-on\"}}",
                "shop_web"))
        .isEqualTo("shop_db:service_started\n");
    assertThat(run(ours, List.of("--dry-run"), never).out())
        .isEqualTo(
            """
            Network shop_default: unchanged
            Service shop_db: unchanged
            Service shop_web: unchanged
            """);

    files(
        SMALL
            .replace("replicas: 2", "replicas: 3")
            .replace("  db:", "  data:")
            .replace("{db:", "{data:"));
    Map<String, String> before = made(ours);
    assertThat(run(ours, List.of("--dry-run", "--prune"), never).out().replaceAll(Shell.ID, "ID"))
        .isEqualTo(
            """
            Network shop_default: unchanged
            Service shop_data: would be created (image web:1)
            Service shop_web: would be updated (id: ID)
              Labels.swarm.depends-on: "shop_db:service_started" -> "shop_data:service_started"
              Mode.Replicated.Replicas: 2 -> 3
            Service shop_db: would be removed
            """);
    assertThat(made(ours)).isEqualTo(before);

    assertThat(run(ours, List.of("--prune", "-d"), never).out().replaceAll(Shell.ID, "ID"))
        .isEqualTo(
            """
            Removing service shop_db
            Creating service shop_data
            Updating service shop_web (id: ID)
            """);
    ours.awaitRunning("shop_web", 3);
    assertThat(ours.ok("stack", "services", "--format", "{{.Name}}", "shop"))
        .isEqualTo("shop_data\nshop_web\n");

    assertThat(ours.ok("stack", "rm", "--detach=false", "shop"))
        .isEqualTo(
            """
            Removing service shop_data
            Removing service shop_web
            Removing network shop_default
            """);
    end(ours);
    ours.clear();
  }

  /// Whatever is left of the stack, of an earlier test also.
  private static void end(Shell shell) throws Exception {
    var _ = shell.run("stack", "rm", "shop");
    Wait.until(
        "nothing is left of the stack",
        LIMIT,
        () ->
            shell.run("network", "ls", "-q", "--filter", "name=shop").out().isEmpty()
                && shell.run("service", "ls", "-q").out().isEmpty()
                && shell.run("secret", "ls", "-q").out().isEmpty()
                && shell.run("config", "ls", "-q").out().isEmpty());
  }

  private static Client.Done run(Shell shell, List<String> options, String... rest)
      throws Exception {
    var words = new ArrayList<String>(List.of("stack", "deploy"));
    words.addAll(options);
    words.addAll(List.of(rest));
    Client.Done done = shell.run(new byte[0], words);
    assertThat(done.status()).as(done.toString()).isZero();
    return done;
  }
}
