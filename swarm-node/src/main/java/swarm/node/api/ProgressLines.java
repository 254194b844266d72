package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.linux.FileNames;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.Progress;
import swarm.scheduler.model.Wire;

/// How something comes along, as Docker's JSON stream. The answer begins with the first line that
/// is not held back: what fails before is an error with a status of its own. Thread-safe.
final class ProgressLines implements Progress, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressLines.class);
  private static final int BAR = 50;

  private final Call call;
  private final List<ObjectNode> held = new ArrayList<>(); // guarded by this
  private @Nullable OutputStream out; // guarded by this

  ProgressLines(Call call) {
    this.call = call;
  }

  /// Whether the answer began: an error can only be a line now.
  synchronized boolean began() {
    return out != null;
  }

  /// A line that does not begin the answer, but goes out with the next one.
  synchronized void hold(String id, String status) {
    if (out == null) {
      held.add(line(id, status, -1, -1));
    } else {
      report(id, status);
    }
  }

  @Override
  public synchronized void report(String id, String status, long current, long total) {
    send(line(id, status, current, total));
  }

  private static ObjectNode line(String id, String status, long current, long total) {
    ObjectNode line = Wire.JSON.createObjectNode().put("status", status);
    ObjectNode detail = line.putObject("progressDetail");
    if (current >= 0) {
      detail.put("current", current);
      if (total >= 0) {
        detail.put("total", total);
        line.put("progress", bar(current, total));
      }
    }
    if (!id.isEmpty()) {
      line.put("id", id);
    }
    return line;
  }

  /// What clients without a terminal of their own show.
  static String bar(long current, long total) {
    int done = total <= 0 ? BAR : (int) Math.min(BAR, current * BAR / total);
    String arrow = done > 0 && done < BAR ? "=".repeat(done - 1) + ">" : "=".repeat(done);
    return "["
        + arrow
        + " ".repeat(BAR - arrow.length())
        + "]  "
        + human(current)
        + "/"
        + human(total);
  }

  private static String human(long bytes) {
    double value = bytes;
    for (String unit : List.of("B", "kB", "MB", "GB")) {
      if (value < 1000) {
        return "%.4g".formatted(value).replaceFirst("(\\.\\d*?)0+$", "$1").replaceFirst("\\.$", "")
            + unit;
      }
      value /= 1000;
    }
    return "%.1fTB".formatted(value);
  }

  /// A step that has no progress at all.
  synchronized void status(String text) {
    send(Wire.JSON.createObjectNode().put("status", text));
  }

  /// A line of text, as of what has no progress.
  synchronized void text(String text) {
    send(Wire.JSON.createObjectNode().put("stream", text));
  }

  /// What clients evaluate.
  synchronized void aux(JsonNode value) {
    ObjectNode line = Wire.JSON.createObjectNode();
    line.putObject("progressDetail");
    line.set("aux", value);
    send(line);
  }

  /// What clients evaluate of something that has no progress.
  synchronized void bareAux(JsonNode value) {
    ObjectNode line = Wire.JSON.createObjectNode();
    line.set("aux", value);
    send(line);
  }

  private void send(ObjectNode line) {
    try {
      write(line);
    } catch (IOException _) {
      // the client left; a pull goes on, as Docker's does, and the next one finds what is here
    }
  }

  private void write(ObjectNode line) throws IOException {
    OutputStream to = out;
    if (to == null) {
      to = call.stream("application/json");
      out = to;
      for (ObjectNode first : held) {
        to.write(Router.line(first));
      }
    }
    to.write(Router.line(line));
  }

  /// What went wrong is the answer's last line; before the first one, it is the answer itself.
  ///
  /// @throws IOException the same, where nothing was sent yet
  void failed(IOException e) throws IOException {
    if (!began()) {
      throw e;
    }
    if (!(e instanceof ImageException)) {
      LOG.error("an answer that had begun ends with an error", e);
    }
    fail(String.valueOf(e.getMessage()));
  }

  /// The last line, where something went wrong.
  void fail(String message) throws IOException {
    fail(message, 0);
  }

  /// As the other.
  ///
  /// @param code what a command ended with; 0 where none did
  synchronized void fail(String message, int code) throws IOException {
    ObjectNode line = Wire.JSON.createObjectNode();
    ObjectNode detail = line.putObject("errorDetail");
    if (code != 0) {
      detail.put("code", code);
    }
    String shown = FileNames.shown(message);
    detail.put("message", shown);
    line.put("error", shown);
    write(line);
    close();
  }

  @Override
  public synchronized void close() throws IOException {
    if (out != null) {
      out.close();
    }
  }
}
