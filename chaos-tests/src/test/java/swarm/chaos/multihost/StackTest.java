package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;
import static swarm.chaos.multihost.ClusterExtension.LIMIT;
import static swarm.chaos.multihost.Shell.table;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import swarm.chaos.cluster.Wait;

/// A stack of the unmodified `docker` command: deployed, looked at, changed, pruned, removed.
@Tag("multihost")
final class StackTest {
  private static final String FILE =
      """
      services:
        web:
          image: web:1
          ports: ["8080:80"]
          networks: [front]
          configs: [{source: page, target: /www/page}]
          deploy: {replicas: 2, update_config: {order: start-first}}
          stop_signal: SIGKILL
        caller:
          image: web:1
          command: ["sh", "-c", "while sleep 0.1; do wget -q -O- http://web/page; done"]
          networks: [front]
          secrets: [key]
          stop_signal: SIGKILL
      networks:
        front: {}
      configs:
        page: {file: ./page}
      secrets:
        key: {file: ./key}
      """;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  @TempDir Path folder;

  @Test
  void from_its_deployment_to_its_end() throws Exception {
    Shell docker = new Shell(CLUSTER, Client.DOCKER, 1);
    Path file = Files.writeString(folder.resolve("stack.yml"), FILE);
    Files.writeString(folder.resolve("page"), "the page\n");
    Files.writeString(folder.resolve("key"), "the key");
    docker.ok("stack", "deploy", "--detach=true", "-c", file.toString(), "shop");
    docker.awaitRunning("shop_web", 2);
    docker.awaitRunning("shop_caller", 1);
    assertThat(table(docker.ok("stack", "ls"))).contains(List.of("shop", "2"));
    assertThat(
            docker.ok("stack", "services", "--format", "{{.Name}} {{.Replicas}}", "shop").lines())
        .containsExactlyInAnyOrder("shop_caller 1/1", "shop_web 2/2");
    assertThat(docker.ok("stack", "ps", "--format", "{{.CurrentState}}", "shop").lines())
        .hasSize(3)
        .allMatch(state -> state.startsWith("Running"));
    Wait.until(
        "one service calls the other by its name",
        LIMIT,
        () -> docker.run("service", "logs", "--raw", "shop_caller").out().contains("the page"));
    assertThat(CLUSTER.cluster().fetch(1, 8080, "/page").text()).isEqualTo("the page\n");

    Files.writeString(
        file, FILE.replace("replicas: 2", "replicas: 3").replace("  caller:", "  other:"));
    docker.ok("stack", "deploy", "--detach=true", "--prune", "-c", file.toString(), "shop");
    docker.awaitRunning("shop_web", 3);
    docker.awaitRunning("shop_other", 1);
    assertThat(docker.ok("stack", "services", "-q", "shop").lines()).hasSize(2);

    docker.ok("stack", "rm", "shop");
    Wait.until(
        "nothing is left of the stack",
        LIMIT,
        () ->
            docker.run("network", "ls", "-q", "--filter", "name=shop").out().isEmpty()
                && docker.run("service", "ls", "-q").out().isEmpty()
                && docker.run("secret", "ls", "-q").out().isEmpty()
                && docker.run("config", "ls", "-q").out().isEmpty());
    docker.clear();
  }
}
