package swarm.runtime.container;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import swarm.runtime.exec.ExecConfig;
import swarm.runtime.stdio.AttachSession;

/// What a later daemon must know of an exec that runs: beside its monitor's files. The environment
/// is left out, as nobody asks for it again and it may hold secrets.
final class ExecFile {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "exec.json";

  private ExecFile() {}

  /// What the file says.
  ///
  /// @param probe whether it checks its container's health: of no use to another daemon
  record Content(String containerId, ExecConfig config, boolean probe) {}

  static void write(Path folder, Content content) throws IOException {
    ObjectNode file = JSON.createObjectNode().put("containerId", content.containerId());
    file.put("probe", content.probe());
    ExecConfig config = content.config();
    config.args().forEach(file.putArray("args")::add);
    file.put("tty", config.tty()).put("user", config.user()).put("workingDir", config.workingDir());
    file.put("privileged", config.privileged()).put("detachKeys", config.detachKeys());
    config
        .streams()
        .ifPresent(
            streams ->
                file.putObject("streams")
                    .put("stdin", streams.stdin())
                    .put("stdout", streams.stdout())
                    .put("stderr", streams.stderr()));
    Files.write(folder.resolve(NAME), JSON.writeValueAsBytes(file));
  }

  /// Nothing where a daemon was killed before it had written the file, or an earlier version was.
  static Optional<Content> read(Path folder) throws IOException {
    Path path = folder.resolve(NAME);
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    JsonNode file = JSON.readTree(Files.readAllBytes(path));
    List<String> args = new ArrayList<>();
    file.path("args").forEach(arg -> args.add(arg.asText()));
    JsonNode streams = file.path("streams");
    var config =
        new ExecConfig(
            args,
            List.of(),
            file.path("tty").asBoolean(),
            file.path("user").asText(""),
            file.path("workingDir").asText(""),
            streams.isObject()
                ? Optional.of(
                    new AttachSession.Streams(
                        streams.path("stdin").asBoolean(),
                        streams.path("stdout").asBoolean(),
                        streams.path("stderr").asBoolean()))
                : Optional.empty(),
            file.path("privileged").asBoolean(),
            file.path("detachKeys").asText(""));
    return Optional.of(
        new Content(file.path("containerId").asText(), config, file.path("probe").asBoolean()));
  }

  /// The process that a monitor wrote down; 0 where it did not come to it.
  static int pid(Path folder) throws IOException {
    Path file = folder.resolve("pidfile");
    String text = Files.exists(file) ? Files.readString(file, StandardCharsets.US_ASCII) : "";
    return text.isBlank() ? 0 : Integer.parseInt(text.strip());
  }
}
