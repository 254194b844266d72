package swarm.chaos.multihost;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Every command, alias and flag that the `docker` command tells of is one of `swarm`, too, or
/// stands here with its reason (`docs/DOCKER-COMPATIBILITY.md`).
@Tag("multihost")
final class CommandTreeTest {
  private static final int AT_ONCE = 4;

  @RegisterExtension static final ClusterExtension CLUSTER = ClusterExtension.swarmsOfOne();

  /// Commands with all below them.
  private static final Map<String, String> WITHOUT =
      Map.ofEntries(
          Map.entry("buildx", "a program of its own"),
          Map.entry("bake", "likewise"),
          Map.entry("checkpoint", "experimental, and the daemon has no checkpoints"),
          Map.entry("compose", "a program of its own"),
          Map.entry("context", "-H and DOCKER_HOST say where the daemon is"),
          Map.entry("manifest", "experimental, and speaks to registries alone"),
          Map.entry("plugin", "there are no plug-ins"),
          Map.entry("trust", "signatures of Notary are not checked"),
          Map.entry("update", "swarm update is about the cluster"),
          Map.entry("volume update", "for cluster volumes, which need a CSI driver"));

  /// Flags and names, as [CommandTree#lacking] tells them.
  private static final Map<String, String> EXCEPTIONS = exceptions();

  private static Map<String, String> exceptions() {
    var all = new HashMap<String, String>();
    put(all, "a command's help is told by help for all", "run --help", "container run --help");
    put(all, "likewise", "create --help", "container create --help");
    put(all, "a checkpoint", "start --checkpoint", "start --checkpoint-dir");
    put(all, "likewise", "container start --checkpoint", "container start --checkpoint-dir");
    put(all, "experimental", "run --use-api-socket", "create --use-api-socket");
    put(all, "likewise", "container run --use-api-socket", "container create --use-api-socket");
    put(all, "for cluster volumes, which need a CSI driver", "volume ls --cluster");
    for (String flag :
        List.of(
            "availability",
            "group",
            "limit-bytes",
            "required-bytes",
            "scope",
            "secret",
            "sharing",
            "topology-preferred",
            "topology-required",
            "type")) {
      put(all, "likewise", "volume create --" + flag);
    }
    put(
        all,
        "experimental",
        "images --tree",
        "image ls --tree",
        "image rm --platform",
        "rmi --platform");
    put(all, "configuration-only networks are not there", "network create --config-from");
    put(all, "likewise", "network create --config-only");
    put(all, "swarm update is about the cluster", "container update: also update");
    put(all, "so it has but that name", "container update: also container update");
    for (String command : List.of("run", "create", "container run", "container create")) {
      put(all, "of Windows", command + " --isolation");
      put(all, "the kernel has it no more", command + " --kernel-memory");
    }
    put(all, "of Windows", "service create --isolation", "service update --isolation");
    put(all, "of Windows", "service create --credential-spec", "service update --credential-spec");
    return all;
  }

  private static void put(Map<String, String> all, String reason, String... lines) {
    for (String line : lines) {
      all.put(line, reason);
    }
  }

  private final Shell docker = Shell.of(CLUSTER, Client.DOCKER);
  private final Shell ours = Shell.of(CLUSTER, Client.SWARM);

  private static List<String> words(String path) {
    var all = new ArrayList<String>(path.isEmpty() ? List.of() : Arrays.asList(path.split(" ")));
    all.add("--help");
    return all;
  }

  private static String help(Shell shell, String path) throws Exception {
    return shell.ok(words(path));
  }

  @Test
  void whatDockerHasIsHere() throws Exception {
    var without = new ArrayList<>(WITHOUT.keySet());
    CommandTree theirs = CommandTree.read(path -> help(docker, path), without);
    var told = new ConcurrentHashMap<String, CommandTree.Told>();
    Together.run(
        AT_ONCE,
        theirs.commands().keySet().stream()
            .<Together.Task>map(path -> () -> ask(path, told))
            .toList());

    List<String> lacking = theirs.lacking(new CommandTree(told));

    assertThat(lacking)
        .filteredOn(line -> !EXCEPTIONS.containsKey(line))
        .as("what docker has and swarm has not")
        .isEmpty();
  }

  /// `docker swarm init` is `swarm init`.
  private void ask(String path, Map<String, CommandTree.Told> told) throws Exception {
    String here = path.equals("swarm") ? "" : path.replaceFirst("^swarm ", "");
    Client.Done done = ours.run(new byte[0], words(here));
    if (done.status() == 0 && done.out().startsWith(("Usage:  swarm " + here).strip())) {
      told.put(path, CommandTree.Told.of(done.out()));
    }
  }
}
