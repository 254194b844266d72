package swarm.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.Human;
import swarm.cli.spec.BuildArguments;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.KeyValues;
import swarm.cli.spec.Numbers;

/// `swarm build`, and `swarm builder ...`.
public final class BuildCommand {
  private static final String STANDARD = "-";

  private BuildCommand() {}

  /// Docker's group of what has to do with building.
  public static CommandSpec builder() {
    return Cmd.group("builder", "Manage builds", build(), prune());
  }

  private static CommandSpec prune() {
    return Cmd.named("prune", "Remove build cache")
        .flag("-a --all", "Remove all unused build cache, not just dangling ones")
        .list("--filter", "filter", "Provide filter values (e.g. \"until=24h\")")
        .flag("-f --force", "Do not prompt for confirmation")
        .text("--keep-storage", "bytes", "Amount of disk space to keep for cache")
        .example("swarm image prune")
        .runs(
            call -> {
              call.api().post(Target.of("/build/prune").withFilters(call.filters()));
              call.out().println("Total reclaimed space: 0B");
              call.out().println("The steps of builds are images: swarm image prune removes them.");
              return 0;
            });
  }

  public static CommandSpec build() {
    return limits(
            Cmd.named("build", "Build an image from a Dockerfile")
                .arguments("PATH | URL | -", 1, 1)
                .list("--add-host", "list", "Add a custom host-to-IP mapping (\"host:ip\")")
                .list("--build-arg", "list", "Set build-time variables")
                .list("--cache-from", "strings", "Images to consider as cache sources")
                .flag("--compress", "Compress the build context using gzip")
                .flag("--disable-content-trust", "Skip image verification (default true)")
                .text(
                    "-f --file",
                    "string",
                    "Name of the Dockerfile (Default is \"PATH/Dockerfile\")")
                .flag("--force-rm", "Always remove intermediate containers")
                .text("--iidfile", "string", "Write the image ID to the file")
                .text("--isolation", "string", "Container isolation technology")
                .list("--label", "list", "Set metadata for an image"))
        .text(
            "--network", "string", "Set the networking mode for the RUN instructions during build")
        .flag("--no-cache", "Do not use cache when building the image")
        .text("--platform", "string", "Set platform if server is multi-platform capable")
        .flag("--pull", "Always attempt to pull a newer version of the image")
        .flag("-q --quiet", "Suppress the build output and print image ID on success")
        .flag("--rm", "Remove intermediate containers after a build (default true)")
        .list("--security-opt", "strings", "Security options")
        .flag("--squash", "Squash newly built layers into a single new layer")
        .list("-t --tag", "list", "Name and optionally a tag in the \"name:tag\" format")
        .text("--target", "string", "Set the target build stage to build.")
        .list("--ulimit", "ulimit", "Ulimit options (default [])")
        .example("swarm build -t web:1 .", "swarm build -f docker/Dockerfile --target test .")
        .runs(BuildCommand::run);
  }

  private static Cmd limits(Cmd command) {
    return command
        .text("--cgroup-parent", "string", "Set the parent cgroup for the RUN instructions")
        .text("--cpu-period", "int", "Limit the CPU CFS (Completely Fair Scheduler) period")
        .text("--cpu-quota", "int", "Limit the CPU CFS (Completely Fair Scheduler) quota")
        .text("-c --cpu-shares", "int", "CPU shares (relative weight)")
        .text("--cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)")
        .text("--cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)")
        .text("-m --memory", "bytes", "Memory limit")
        .text("--memory-swap", "bytes", "Swap limit equal to memory plus swap: -1 for unlimited")
        .text("--shm-size", "bytes", "Size of \"/dev/shm\"");
  }

  private static int run(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    String id = call.file("--iidfile");
    if (!id.isEmpty()) {
      Files.deleteIfExists(LocalFiles.path(id)); // a stale one must not look like this build's
    }
    Target target = target(call);
    String where = call.files().getFirst();
    if (where.startsWith("http://") || where.startsWith("https://")) {
      return send(
          call,
          target.with("remote", where).withGiven("dockerfile", call.file("--file")),
          InputStream.nullInputStream());
    }
    try (BuildInput input = BuildInput.open(where, call.file("--file"), call.terminal().in())) {
      int status = send(call, target.with("dockerfile", input.dockerfile()), input.stream());
      input.finish();
      return status;
    }
  }

  private static int send(Invocation call, Target target, InputStream context)
      throws IOException, DaemonException, InvalidValueException {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", "application/x-tar");
    byte[] known =
        Json.text(CredentialStore.of(call.environment()).all()).getBytes(StandardCharsets.UTF_8);
    headers.put("X-Registry-Config", Base64.getUrlEncoder().encodeToString(known));
    boolean quiet = call.flag("--quiet");
    var progress = new BuildProgress(call, quiet);
    var counted = new CountedInput(context);
    try (Answer answer = call.api().stream("POST", target, headers, counted)) {
      if (!quiet && counted.count() > 0) {
        call.out().println("Sending build context to daemon  " + Human.size(counted.count()));
      }
      return progress.read(answer.body(), call.file("--iidfile"));
    }
  }

  private static Target target(Invocation call) throws InvalidValueException {
    Target target = Target.of("/build");
    for (String tag : call.list("--tag")) {
      target.with("t", tag);
    }
    for (String host : call.list("--add-host")) {
      target.with("extrahosts", host.replaceFirst("=", ":"));
    }
    for (String option : call.list("--security-opt")) {
      target.with("securityopt", option);
    }
    target
        .withFlag("q", call.flag("--quiet"))
        .withFlag("nocache", call.flag("--no-cache"))
        .withFlag("pull", call.flag("--pull"))
        .withFlag("forcerm", call.flag("--force-rm"))
        .withFlag("squash", call.flag("--squash"))
        .with("rm", !call.given("--rm") || call.flag("--rm") ? "1" : "0")
        .withGiven("target", call.text("--target"))
        .withGiven("platform", call.text("--platform"))
        .withGiven("networkmode", call.text("--network"))
        .withGiven("isolation", call.text("--isolation"))
        .withGiven("cgroupparent", call.text("--cgroup-parent"))
        .withGiven("cpuperiod", call.text("--cpu-period"))
        .withGiven("cpuquota", call.text("--cpu-quota"))
        .withGiven("cpushares", call.text("--cpu-shares"))
        .withGiven("cpusetcpus", call.text("--cpuset-cpus"))
        .withGiven("cpusetmems", call.text("--cpuset-mems"));
    for (Map.Entry<String, String> size :
        Map.of("memory", "--memory", "memswap", "--memory-swap", "shmsize", "--shm-size")
            .entrySet()) {
      String text = call.text(size.getValue());
      if (!text.isEmpty()) {
        target.with(size.getKey(), text.equals("-1") ? -1 : Numbers.bytes(text, size.getValue()));
      }
    }
    return described(call, target);
  }

  private static Target described(Invocation call, Target target) throws InvalidValueException {
    ObjectNode arguments =
        BuildArguments.read(call.list("--build-arg"), call.terminal().environment());
    ArrayNode sources = Json.object().putArray("sources");
    for (String names : call.list("--cache-from")) {
      List.of(names.split(",", -1)).forEach(sources::add);
    }
    ArrayNode limits = BuildArguments.limits(call.list("--ulimit"));
    return target
        .withGiven("buildargs", arguments.isEmpty() ? "" : Json.text(arguments))
        .withGiven(
            "labels",
            call.list("--label").isEmpty()
                ? ""
                : Json.text(KeyValues.map(call.list("--label"), "--label")))
        .withGiven("cachefrom", sources.isEmpty() ? "" : Json.text(sources))
        .withGiven("ulimits", limits.isEmpty() ? "" : Json.text(limits));
  }

  /// Whether a path stands for standard input.
  static boolean isStandard(String path) {
    return path.equals(STANDARD);
  }
}
