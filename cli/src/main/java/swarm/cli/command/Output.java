package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.FrameReader;
import swarm.cli.client.Json;
import swarm.cli.render.Format;
import swarm.cli.render.Listing;
import swarm.cli.spec.InvalidValueException;

/// What many commands print the same way.
final class Output {
  private static final int BUFFER = 32 * 1024;
  static final int NOT_FOUND = 404;

  private Output() {}

  /// Prints a list as `--format` and `-q` say.
  static int list(Invocation call, Listing listing) throws InvalidValueException {
    call.print(listing.render(call.text("--format"), call.flag("--quiet")));
    return 0;
  }

  /// Does something to each of the arguments, prints its name, and goes on after a failure.
  static int each(Invocation call, Each action) throws IOException {
    return each(call, false, action);
  }

  /// @param lenient whether it is no failure where something is not there
  static int each(Invocation call, boolean lenient, Each action) throws IOException {
    int status = 0;
    for (String name : call.arguments()) {
      try {
        action.accept(name);
        call.out().println(name);
      } catch (DaemonException e) {
        call.out().flush();
        call.err().println(Failures.daemon(e));
        status = lenient && e.status() == NOT_FOUND ? status : 1;
      }
    }
    return status;
  }

  @FunctionalInterface
  interface Each {
    void accept(String name) throws IOException, DaemonException;
  }

  @FunctionalInterface
  interface Fetch {
    /// @return missing where there is no such thing
    JsonNode get(String name) throws IOException, DaemonException;
  }

  /// Prints what is known of each: an array, or each through `--format`.
  static int inspect(Invocation call, List<String> names, Fetch fetch)
      throws IOException, InvalidValueException {
    String format = call.text("--format");
    Format template = format.isEmpty() || format.equals("json") ? null : Format.ofObject(format);
    ArrayNode found = Json.array();
    var errors = new ArrayList<String>();
    var out = new StringBuilder();
    for (String name : names) {
      try {
        JsonNode one = fetch.get(name);
        if (one.isMissingNode()) {
          errors.add("Error: No such object: " + name);
        } else if (template != null) {
          out.append(template.inspect(one)).append('\n');
        } else {
          found.add(one);
        }
      } catch (DaemonException e) {
        errors.add(Failures.daemon(e));
      } catch (InvalidValueException e) {
        errors.add(e.reason());
      }
    }
    if (template != null) {
      call.print(out.isEmpty() ? "\n" : out.toString());
    } else if (format.equals("json")) {
      call.print(Json.text(found) + "\n");
    } else {
      call.print(Json.pretty(found) + "\n");
    }
    call.out().flush();
    errors.forEach(call.err()::println);
    return errors.isEmpty() ? 0 : 1;
  }

  @FunctionalInterface
  interface Pretty {
    String text(JsonNode one) throws IOException;
  }

  /// The same, or with `--pretty` a text for people: of all, or none where one is missing.
  static int inspect(Invocation call, Fetch fetch, Pretty pretty)
      throws IOException, DaemonException, InvalidValueException {
    if (!call.flag("--pretty")) {
      return inspect(call, call.arguments(), fetch);
    }
    if (!call.text("--format").isEmpty()) {
      throw new InvalidValueException("--format is incompatible with human friendly format");
    }
    var all = new StringBuilder();
    for (String name : call.arguments()) {
      all.append(pretty.text(fetch.get(name)));
    }
    call.print(all.toString());
    return 0;
  }

  /// Copies a process's output until it ends. What is multiplexed goes to two streams.
  static void copy(Answer answer, PrintStream out, PrintStream err) throws IOException {
    if (answer.header("content-type").startsWith("application/vnd.docker.multiplexed-stream")) {
      frames(answer.body(), out, err);
      return;
    }
    var buffer = new byte[BUFFER];
    InputStream in = answer.body();
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      out.write(buffer, 0, n);
      if (in.available() == 0) {
        out.flush();
      }
    }
  }

  /// One who reads along sees each line at once; a flood is written in large parts.
  private static void frames(InputStream in, PrintStream out, PrintStream err) throws IOException {
    var frames = new FrameReader(in);
    for (FrameReader.Frame frame = frames.next(); frame != null; frame = frames.next()) {
      PrintStream to = frame.stream() == 2 ? err : out;
      to.write(frame.data(), 0, frame.data().length);
      if (in.available() == 0) {
        err.flush();
        if (out.checkError()) {
          return; // the reader is gone: as a broken pipe ends other programs
        }
      }
    }
  }

  /// Prints the daemon's warnings.
  static void warnings(Invocation call, JsonNode answer) {
    for (JsonNode warning : answer.path("Warnings")) {
      call.err().println("WARNING: " + warning.asText());
    }
  }
}
