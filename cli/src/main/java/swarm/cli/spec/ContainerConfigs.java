package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// `run`: options to the request that creates a container.
public final class ContainerConfigs {
  private ContainerConfigs() {}

  /// @param arguments the image, then the command
  /// @param environment as [KeyValues#environment] made it
  /// @param labels of `--label-file` and `--label`
  public static ObjectNode create(
      OptionValues values, List<String> arguments, List<String> environment, List<String> labels)
      throws InvalidValueException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    boolean input = values.flag("--interactive");
    body.put("Image", arguments.getFirst());
    body.put("Tty", values.flag("--tty")).put("OpenStdin", input);
    Streams streams = Streams.of(values);
    body.put("AttachStdin", streams.input()).put("StdinOnce", input && streams.input());
    body.put("AttachStdout", streams.output()).put("AttachStderr", streams.errors());
    strings(body, "Cmd", arguments.subList(1, arguments.size()));
    strings(body, "Env", environment);
    if (values.given("--entrypoint")) {
      String entrypoint = values.text("--entrypoint");
      // Docker takes the whole text for one word; empty means none, not even the image's
      body.putArray("Entrypoint").add(entrypoint);
    }
    text(values, "--hostname", body, "Hostname");
    text(values, "--domainname", body, "Domainname");
    text(values, "--user", body, "User");
    text(values, "--workdir", body, "WorkingDir");
    text(values, "--stop-signal", body, "StopSignal");
    if (values.given("--stop-timeout")) {
      body.put("StopTimeout", values.number("--stop-timeout"));
    }
    ContainerChecks.health(values, body);
    body.set("Labels", KeyValues.map(labels, "-l, --label"));
    ObjectNode exposed = body.putObject("ExposedPorts");
    ObjectNode host = body.putObject("HostConfig");
    host.set("PortBindings", Ports.ofContainer(values.list("--publish"), "-p, --publish", exposed));
    for (String port : values.list("--expose")) {
      ExposedPorts.add(exposed, port);
    }
    for (String volume : values.list("--volume")) {
      if (!volume.contains(":")) {
        body.withObject("/Volumes").putObject(volume);
      }
    }
    host(values, host);
    NetworkSpecs.ofContainer(values, body, host);
    return body;
  }

  private static void host(OptionValues values, ObjectNode host) throws InvalidValueException {
    host.put("AutoRemove", values.flag("--rm"));
    if (values.flag("--publish-all")) {
      host.put("PublishAllPorts", true);
    }
    for (String option : new String[] {"--privileged", "--read-only", "--init"}) {
      if (values.given(option)) {
        host.put(member(option), values.flag(option));
      }
    }
    strings(host, "Binds", values.list("--volume").stream().filter(v -> v.contains(":")).toList());
    strings(host, "VolumesFrom", values.list("--volumes-from"));
    text(values, "--volume-driver", host, "VolumeDriver");
    for (String mount : values.list("--mount")) {
      host.withArray("/Mounts").add(Mounts.parse(mount, "--mount"));
    }
    for (String tmpfs : values.list("--tmpfs")) {
      int colon = tmpfs.indexOf(':');
      host.withObject("/Tmpfs")
          .put(
              colon < 0 ? tmpfs : tmpfs.substring(0, colon),
              colon < 0 ? "" : tmpfs.substring(colon + 1));
    }
    strings(host, "CapAdd", values.list("--cap-add"));
    strings(host, "CapDrop", values.list("--cap-drop"));
    strings(host, "Links", values.list("--link"));
    text(values, "--cgroup-parent", host, "CgroupParent");
    if (values.given("--storage-opt")) {
      host.set("StorageOpt", KeyValues.map(values.list("--storage-opt"), "--storage-opt"));
    }
    for (String gpus : values.list("--gpus")) {
      host.withArray("/DeviceRequests").add(GpuRequests.parse(gpus));
    }
    strings(host, "ExtraHosts", values.list("--add-host"));
    strings(host, "Dns", values.list("--dns"));
    strings(host, "SecurityOpt", values.list("--security-opt"));
    host.setAll(limits(values));
    HostSettings.all(values, host);
    ContainerChecks.logging(values, host);
  }

  /// What users limit most often, and the restart policy: for a new container or an update.
  public static ObjectNode limits(OptionValues values) throws InvalidValueException {
    ObjectNode host = JsonNodeFactory.instance.objectNode();
    if (values.given("--memory")) {
      host.put("Memory", Numbers.bytes(values.text("--memory"), "-m, --memory"));
    }
    if (values.given("--cpus")) {
      host.put("NanoCpus", Numbers.nanoCpus(values.text("--cpus"), "--cpus"));
    }
    if (values.given("--pids-limit")) {
      host.put("PidsLimit", Numbers.signed(values.text("--pids-limit"), "--pids-limit"));
    }
    if (values.given("--restart")) {
      host.set("RestartPolicy", restart(values));
    }
    return host;
  }

  private static String member(String option) {
    return switch (option) {
      case "--privileged" -> "Privileged";
      case "--read-only" -> "ReadonlyRootfs";
      default -> "Init";
    };
  }

  private static ObjectNode restart(OptionValues values) throws InvalidValueException {
    String text = values.text("--restart");
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (!List.of("no", "always", "on-failure", "unless-stopped").contains(name)) {
      throw InvalidValueException.of(
          text, "--restart", "use no, always, on-failure[:MAX] or unless-stopped");
    }
    if (values.flag("--rm") && !name.equals("no")) {
      throw new InvalidValueException(
          "conflicting options: cannot specify both --restart and --rm");
    }
    return JsonNodeFactory.instance
        .objectNode()
        .put("Name", name)
        .put(
            "MaximumRetryCount",
            colon < 0 ? 0 : Numbers.unsigned(text.substring(colon + 1), "--restart"));
  }

  private static void text(OptionValues values, String option, ObjectNode node, String member) {
    if (values.given(option)) {
      node.put(member, values.text(option));
    }
  }

  private static void strings(ObjectNode parent, String member, List<String> items) {
    if (!items.isEmpty()) {
      ArrayNode array = parent.putArray(member);
      items.forEach(array::add);
    }
  }
}
