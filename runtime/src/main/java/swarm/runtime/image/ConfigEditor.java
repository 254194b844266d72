package swarm.runtime.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.dockerfile.GoText;
import swarm.runtime.dockerfile.Instruction;
import swarm.runtime.dockerfile.Instruction.Pair;
import swarm.runtime.dockerfile.Words;
import swarm.runtime.oci.Signals;

/// Changes an image's configuration by Dockerfile instructions, as Docker's classic builder does
/// (moby's `builder/dockerfile/dispatchers.go`). Confined to one thread.
public final class ConfigEditor {
  private static final List<String> SHELL = List.of("/bin/sh", "-c");

  private final ObjectNode config;
  private final char escape;
  private boolean commandSet;

  /// @param config to be changed
  /// @param escape what escapes characters in the instructions
  public ConfigEditor(ObjectNode config, char escape) {
    this.config = config;
    this.escape = escape;
  }

  /// Applies one instruction.
  ///
  /// @param variables what its variables stand for
  /// @return what the image's history says of it
  /// @throws DockerfileException for a value that has no sense, or a variable that must be set
  public String apply(Instruction.Setting setting, Map<String, String> variables)
      throws DockerfileException {
    return switch (setting) {
      case Instruction.Cmd cmd -> command(cmd.command());
      case Instruction.Entrypoint entrypoint -> entrypoint(entrypoint.command());
      case Instruction.Env env -> environment(expanded(env.pairs(), variables));
      case Instruction.Label label ->
          labels(label.literal() ? label.pairs() : expanded(label.pairs(), variables));
      case Instruction.Expose expose -> expose(expose.ports(), variables);
      case Instruction.Volume volume -> volumes(expandedAll(volume.paths(), variables));
      case Instruction.User user -> text("User", "USER ", expanded(user.user(), variables));
      case Instruction.Workdir workdir -> {
        String path = expanded(workdir.path(), variables);
        if (path.isEmpty()) {
          throw new DockerfileException("cannot normalize nothing");
        }
        String folder = text("WorkingDir", "", folder(path));
        // Docker tells an absolute one as it was written
        yield "WORKDIR " + (path.startsWith("/") ? path : folder);
      }
      case Instruction.StopSignal signal -> signal(expanded(signal.signal(), variables));
      case Instruction.Shell shell -> {
        config.set("Shell", ImageStore.JSON.valueToTree(shell.words()));
        yield "SHELL " + GoText.list(shell.words());
      }
      case Instruction.OnBuild trigger -> {
        array("OnBuild").add(trigger.trigger());
        yield "ONBUILD " + trigger.trigger();
      }
      case Instruction.HealthCheck check -> healthCheck(check);
    };
  }

  /// The configuration's own variables.
  public Map<String, String> environment() {
    var variables = new LinkedHashMap<String, String>();
    for (JsonNode one : config.path("Env")) {
      String[] parts = one.asText().split("=", 2);
      variables.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    return variables;
  }

  /// What a line for the shell is given to.
  public List<String> shell() {
    List<String> own = strings(config.path("Shell"));
    return own.isEmpty() ? SHELL : own;
  }

  /// A command with the shell before it where it is a line.
  public List<String> resolved(Instruction.Command command) {
    if (command.exec()) {
      return command.words();
    }
    var all = new ArrayList<>(shell());
    all.addAll(command.words());
    return all;
  }

  private String expanded(String text, Map<String, String> variables) throws DockerfileException {
    return Words.whole(text, variables, escape);
  }

  private List<String> expandedAll(List<String> texts, Map<String, String> variables)
      throws DockerfileException {
    var all = new ArrayList<String>();
    for (String text : texts) {
      all.add(expanded(text, variables));
    }
    return all;
  }

  private List<Pair> expanded(List<Pair> pairs, Map<String, String> variables)
      throws DockerfileException {
    var all = new ArrayList<Pair>();
    for (Pair pair : pairs) {
      all.add(new Pair(expanded(pair.name(), variables), expanded(pair.value(), variables)));
    }
    return all;
  }

  private String command(Instruction.Command command) {
    List<String> words = resolved(command);
    config.set("Cmd", ImageStore.JSON.valueToTree(words));
    commandSet |= !command.words().isEmpty();
    return "CMD " + GoText.quote(words);
  }

  private String entrypoint(Instruction.Command command) {
    List<String> words = command.words().isEmpty() ? List.of() : resolved(command);
    if (words.isEmpty()) {
      config.remove("Entrypoint");
    } else {
      config.set("Entrypoint", ImageStore.JSON.valueToTree(words));
    }
    if (!commandSet) {
      config.remove("Cmd"); // it was meant for another entry point
    }
    return "ENTRYPOINT " + GoText.quote(words);
  }

  private String environment(List<Pair> pairs) {
    var said = new StringBuilder("ENV");
    for (Pair pair : pairs) {
      said.append(' ').append(pair);
      put(pair);
    }
    return said.toString();
  }

  private void put(Pair pair) {
    ArrayNode all = array("Env");
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).asText().split("=", 2)[0].equals(pair.name())) {
        all.set(i, pair.toString());
        return;
      }
    }
    all.add(pair.toString());
  }

  private String labels(List<Pair> pairs) {
    var said = new StringBuilder("LABEL");
    for (Pair pair : pairs) {
      said.append(' ').append(pair);
      object("Labels").put(pair.name(), pair.value());
    }
    return said.toString();
  }

  /// The only instruction in which one word may become several.
  private String expose(List<String> words, Map<String, String> variables)
      throws DockerfileException {
    var ports = new ArrayList<String>();
    for (String word : words) {
      ports.addAll(Words.split(word, variables, escape));
    }
    for (String port : ports) {
      for (String one : ExposedPorts.of(port)) {
        object("ExposedPorts").putObject(one);
      }
    }
    return "EXPOSE " + String.join(" ", ports);
  }

  private String volumes(List<String> paths) throws DockerfileException {
    for (String path : paths) {
      if (path.isEmpty()) {
        throw new DockerfileException("VOLUME specified can not be an empty string");
      }
      object("Volumes").putObject(path);
    }
    return "VOLUME " + GoText.list(paths);
  }

  private String signal(String signal) throws DockerfileException {
    if (Signals.number(signal).isEmpty()) {
      throw new DockerfileException("Invalid signal: " + signal);
    }
    return text("StopSignal", "STOPSIGNAL ", signal);
  }

  private String text(String field, String said, String value) {
    config.put(field, value);
    return said + value;
  }

  /// One that is not absolute is meant within the one before.
  private String folder(String value) {
    String before = config.path("WorkingDir").asText("");
    return TreePaths.clean(value.startsWith("/") ? value : before + "/" + value);
  }

  /// What it does not say stays as it was, also in Docker (moby's `daemon/commit.go`, `merge`).
  private String healthCheck(Instruction.HealthCheck check) {
    ObjectNode node = object("Healthcheck");
    node.set("Test", ImageStore.JSON.valueToTree(check.test()));
    var said = new StringBuilder("HEALTHCHECK &{" + GoText.quote(check.test()));
    times(check)
        .forEach(
            (name, time) -> {
              boolean given = !time.isZero();
              if (given) {
                node.put(name, time.toNanos());
              }
              if (given || !name.equals("StartInterval")) { // Debian's Docker does not know it
                said.append(" \"").append(GoText.duration(time)).append('"');
              }
            });
    if (check.retries() > 0) {
      node.put("Retries", check.retries());
    }
    return said.append(' ').append(GoText.quote(check.retries())).append('}').toString();
  }

  private static Map<String, Duration> times(Instruction.HealthCheck check) {
    var all = new LinkedHashMap<String, Duration>();
    all.put("Interval", check.interval());
    all.put("Timeout", check.timeout());
    all.put("StartPeriod", check.startPeriod());
    all.put("StartInterval", check.startInterval());
    return all;
  }

  /// Null is as good as nothing in a configuration that came from elsewhere.
  private ObjectNode object(String name) {
    return config.path(name) instanceof ObjectNode node ? node : config.putObject(name);
  }

  private ArrayNode array(String name) {
    return config.path(name) instanceof ArrayNode node ? node : config.putArray(name);
  }

  private static List<String> strings(JsonNode array) {
    var all = new ArrayList<String>();
    array.forEach(word -> all.add(word.asText()));
    return all;
  }
}
