package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.render.Human;

/// Reads Docker's stream of progress messages: what happened is printed line by line; how far the
/// layers are, on a terminal, on one line that is overwritten.
final class PullProgress {
  private final PrintStream to;
  private final boolean terminal;
  private final boolean quiet;

  /// Bytes that have come and that there are, by layer.
  private final Map<String, long[]> layers = new LinkedHashMap<>();

  private boolean drawn;

  PullProgress(PrintStream to, boolean terminal, boolean quiet) {
    this.to = to;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  static void print(Invocation call, InputStream in, boolean quiet)
      throws IOException, DaemonException {
    new PullProgress(call.out(), call.terminal().outputIsTerminal(), quiet).read(in);
  }

  void read(InputStream in) throws IOException, DaemonException {
    try (Json.Sequence messages = Json.sequence(in)) {
      for (JsonNode m = messages.next(); m != null; m = messages.next()) {
        String error = m.at("/errorDetail/message").asText(m.path("error").asText(""));
        if (!error.isEmpty()) {
          clear();
          throw new DaemonException(200, error);
        }
        if (!quiet) {
          show(m);
        }
      }
    }
    clear();
    to.flush();
  }

  private void show(JsonNode message) {
    String id = message.path("id").asText("");
    long total = message.at("/progressDetail/total").asLong(0);
    if (total > 0) {
      layers.put(id, new long[] {message.at("/progressDetail/current").asLong(0), total});
      draw(message.path("status").asText(""));
      return;
    }
    String text =
        message.has("stream")
            ? message.path("stream").asText().stripTrailing()
            : message.path("status").asText("");
    if (!text.isEmpty()) {
      clear();
      print((id.isEmpty() ? "" : id + ": ") + text + "\n");
    }
  }

  private void draw(String status) {
    if (!terminal) {
      return;
    }
    long come = layers.values().stream().mapToLong(l -> l[0]).sum();
    long all = layers.values().stream().mapToLong(l -> l[1]).sum();
    print("\r\033[K" + status + " " + Human.size(come) + "/" + Human.size(all));
    drawn = true;
  }

  private void clear() {
    if (drawn) {
      print("\r\033[K");
      drawn = false;
    }
  }

  private void print(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.write(bytes, 0, bytes.length);
    to.flush();
  }
}
