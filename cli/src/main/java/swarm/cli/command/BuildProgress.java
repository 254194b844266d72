package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;

/// Reads how a build comes along, and prints it.
final class BuildProgress {
  private final Invocation call;
  private final boolean quiet;
  private final StringBuilder held = new StringBuilder();
  private String image = "";

  /// @param quiet whether what is told is the image's id
  BuildProgress(Invocation call, boolean quiet) {
    this.call = call;
    this.quiet = quiet;
  }

  /// @param idFile where the image's id is written; empty for nowhere
  /// @return what a command of the build ended with, where one failed
  int read(InputStream in, String idFile) throws IOException, DaemonException {
    try (Json.Sequence messages = Json.sequence(in)) {
      for (JsonNode m = messages.next(); m != null; m = messages.next()) {
        String error = m.at("/errorDetail/message").asText(m.path("error").asText(""));
        if (!error.isEmpty()) {
          return failed(error, m.at("/errorDetail/code").asInt(0));
        }
        image = m.at("/aux/ID").asText(image);
        show(m);
      }
    }
    if (quiet) {
      image = held.toString().strip();
      call.out().println(image);
    }
    if (!idFile.isEmpty()) {
      Files.writeString(LocalFiles.path(idFile), image);
    }
    return 0;
  }

  private int failed(String error, int code) {
    call.terminal().flush();
    if (quiet) {
      call.err().print(held);
    }
    call.err().println(error);
    call.err().flush();
    return code == 0 ? 1 : code;
  }

  private void show(JsonNode message) {
    if (message.has("stream")) {
      print(message.path("stream").asText());
      return;
    }
    String status = message.path("status").asText("");
    boolean moves = message.at("/progressDetail/total").asLong(0) > 0;
    if (!status.isEmpty() && !moves) {
      String id = message.path("id").asText("");
      print((id.isEmpty() ? "" : id + ": ") + status + "\n");
    }
  }

  private void print(String text) {
    if (quiet) {
      held.append(text);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    call.out().write(bytes, 0, bytes.length);
    call.out().flush();
  }
}
