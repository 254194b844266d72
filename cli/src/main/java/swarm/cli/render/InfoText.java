package swarm.cli.render;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `swarm info` and `swarm version` as text, laid out as Docker's are.
public final class InfoText {
  private final StringBuilder out = new StringBuilder();

  private InfoText() {}

  /// @param all members `Client` and, where there is one, `Server`
  public static String version(JsonNode all) {
    var text = new InfoText();
    text.line("Client: swarm");
    text.versions(" ", all.path("Client"), "");
    JsonNode server = all.path("Server");
    if (server.isObject()) {
      text.line("");
      text.line("Server: " + server.at("/Platform/Name").asText(""));
      text.line(" Engine:");
      String least = server.path("MinAPIVersion").asText();
      text.versions("  ", server, " (minimum version " + least + ")");
    }
    return text.out.toString();
  }

  private void versions(String indent, JsonNode side, String note) {
    String java = side.path("JavaVersion").asText("");
    if (java.isEmpty()) {
      java = side.at("/Components/0/Details/JavaVersion").asText("");
    }
    pair(indent, "Version", side.path("Version").asText(""));
    pair(indent, "API version", side.path("ApiVersion").asText("") + note);
    pair(indent, "Java version", java);
    pair(indent, "Git commit", side.path("GitCommit").asText(""));
    pair(indent, "OS/Arch", side.path("Os").asText() + "/" + side.path("Arch").asText());
  }

  private void pair(String indent, String name, String value) {
    if (!value.isEmpty()) {
      line(indent + name + ":" + " ".repeat(17 - name.length()) + value);
    }
  }

  /// @param info as `GET /info` has it
  /// @param client the client's version
  public static String info(JsonNode info, String client) {
    var text = new InfoText();
    text.line("Client: swarm");
    text.line(" Version:    " + client);
    text.line("");
    text.line("Server:");
    text.line(" Containers: " + info.path("Containers").asText());
    text.line("  Running: " + info.path("ContainersRunning").asText());
    text.line("  Paused: " + info.path("ContainersPaused").asText());
    text.line("  Stopped: " + info.path("ContainersStopped").asText());
    text.value(" Images", info.path("Images"));
    text.value(" Server Version", info.path("ServerVersion"));
    text.value(" Storage Driver", info.path("Driver"));
    text.value(" Logging Driver", info.path("LoggingDriver"));
    text.value(" Cgroup Driver", info.path("CgroupDriver"));
    text.value(" Cgroup Version", info.path("CgroupVersion"));
    text.line(" Plugins:");
    text.value("  Volume", words(info.at("/Plugins/Volume")));
    text.value("  Network", words(info.at("/Plugins/Network")));
    text.value("  Log", words(info.at("/Plugins/Log")));
    text.swarm(info.path("Swarm"));
    text.value(
        " Runtimes",
        String.join(
            " ", info.path("Runtimes").properties().stream().map(Map.Entry::getKey).toList()));
    text.value(" Default Runtime", info.path("DefaultRuntime"));
    text.value(" Security Options", words(info.path("SecurityOptions")));
    text.value(" Kernel Version", info.path("KernelVersion"));
    text.value(" Operating System", info.path("OperatingSystem"));
    text.value(" OSType", info.path("OSType"));
    text.value(" Architecture", info.path("Architecture"));
    text.value(" CPUs", info.path("NCPU"));
    text.value(" Total Memory", Human.memory(info.path("MemTotal").asLong()));
    text.value(" Name", info.path("Name"));
    text.value(" ID", info.path("ID"));
    text.value(" Root Dir", info.path("DockerRootDir"));
    text.value(" Live Restore Enabled", info.path("LiveRestoreEnabled"));
    return text.out.toString();
  }

  private void swarm(JsonNode swarm) {
    String state = swarm.path("LocalNodeState").asText("inactive");
    line(" Swarm: " + state);
    if (state.equals("inactive")) {
      return;
    }
    value("  NodeID", swarm.path("NodeID"));
    value("  Error", swarm.path("Error"));
    boolean manager = swarm.path("ControlAvailable").asBoolean();
    line("  Is Manager: " + manager);
    if (manager) {
      JsonNode cluster = swarm.path("Cluster");
      value("  ClusterID", cluster.path("ID"));
      value("  Managers", swarm.path("Managers"));
      value("  Nodes", swarm.path("Nodes"));
      value("  Data Path Port", cluster.path("DataPathPort"));
      JsonNode limit = cluster.at("/Spec/Orchestration/TaskHistoryRetentionLimit");
      if (!limit.isMissingNode()) {
        line("  Orchestration:");
        value("   Task History Retention Limit", limit);
      }
    }
    value("  Node Address", swarm.path("NodeAddr"));
    var addresses = new ArrayList<String>();
    swarm.path("RemoteManagers").forEach(m -> addresses.add(m.path("Addr").asText()));
    if (!addresses.isEmpty()) {
      line("  Manager Addresses:");
      addresses.sort(Words.NATURAL);
      addresses.forEach(address -> line("   " + address));
    }
  }

  private static String words(JsonNode list) {
    List<String> all = new ArrayList<>();
    list.forEach(item -> all.add(item.asText()));
    return String.join(" ", all);
  }

  private void value(String name, JsonNode value) {
    value(name, value.asText(""));
  }

  private void value(String name, String value) {
    if (!value.isEmpty()) {
      line(name + ": " + value);
    }
  }

  private void line(String line) {
    out.append(line).append('\n');
  }
}
