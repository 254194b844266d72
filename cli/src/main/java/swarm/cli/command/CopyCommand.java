package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import picocli.CommandLine.Model.CommandSpec;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.render.Human;
import swarm.cli.spec.CopyEnd;
import swarm.cli.spec.CopyEnd.There;
import swarm.cli.spec.CopyPath;
import swarm.cli.spec.CopyPlan;
import swarm.cli.spec.InvalidValueException;
import swarm.cli.spec.PathText;
import swarm.linux.FileNames;

/// `swarm cp`.
public final class CopyCommand {
  private static final String STAT = "x-docker-container-path-stat";
  private static final long GO_DIRECTORY = 1L << 31;
  private static final long GO_LINK = 1L << 27;
  private static final long GO_DEVICE = 1L << 26;
  private static final int PIPE = 64 * 1024;

  private CopyCommand() {}

  public static CommandSpec cp() {
    return Cmd.named("cp", "Copy files/folders between a container and the local filesystem")
        .arguments("CONTAINER:SRC_PATH DEST_PATH|- | SRC_PATH|- CONTAINER:DEST_PATH", 2, 2)
        .flag("-a --archive", "Archive mode (copy all uid/gid information)")
        .flag("-L --follow-link", "Always follow symbol link in SRC_PATH")
        .flag(
            "-q --quiet",
            "Suppress progress output during copy; so it is, too, where no terminal is attached")
        .example("swarm cp web:/etc/hosts .", "swarm cp site web:/srv/")
        .runs(CopyCommand::copy);
  }

  private static int copy(Invocation call)
      throws IOException, DaemonException, InvalidValueException {
    if (call.files().getFirst().isEmpty()) {
      throw new InvalidValueException("source can not be empty");
    }
    if (call.files().getLast().isEmpty()) {
      throw new InvalidValueException("destination can not be empty");
    }
    CopyPath from = CopyPath.parse(call.files().getFirst());
    CopyPath to = CopyPath.parse(call.files().getLast());
    if (from.isLocal() && to.isLocal()) {
      throw new InvalidValueException("must specify at least one container source");
    }
    if (!from.isLocal() && !to.isLocal()) {
      throw new InvalidValueException("copying between containers is not supported");
    }
    try {
      return from.isLocal() ? in(call, from, to) : out(call, from, to);
    } catch (FileSystemException e) { // of this machine
      String reason = e.getReason();
      throw new InvalidValueException(
          e.getFile() + ": " + (reason == null ? e.getClass().getSimpleName() : reason));
    }
  }

  private static Target archive(CopyPath end, String path) {
    return Target.of("/containers", end.container(), "archive").with("path", path);
  }

  // ---- out of a container

  private static int out(Invocation call, CopyPath from, CopyPath to)
      throws IOException, DaemonException, InvalidValueException {
    if (to.isStream()) {
      try (Answer answer = call.api().stream("GET", archive(from, source(call, from).path()))) {
        answer.body().transferTo(call.out());
      }
      return 0;
    }
    String destination = LocalEnds.absolute(to.path());
    LocalEnds.checkOutput(destination);
    CopyEnd wanted = source(call, from);
    try (Answer answer = call.api().stream("GET", archive(from, wanted.path()))) {
      There there = isDirectory(decode(answer.header(STAT))) ? There.DIRECTORY : There.FILE;
      var source = new CopyEnd(wanted.path(), there, wanted.shown());
      CopyPlan plan = CopyPlan.of(source, LocalEnds.destination(destination));
      var counted = new CountedInput(answer.body());
      LocalTar.read(counted, FileNames.path(plan.directory()), plan::rename);
      tell(call, counted.count(), destination);
    }
    return 0;
  }

  /// What is asked for; with `--follow-link`, where that leads.
  private static CopyEnd source(Invocation call, CopyPath from) throws IOException {
    String path = from.path();
    JsonNode there =
        call.flag("--follow-link") ? look(call, from, path) : MissingNode.getInstance();
    return isLink(there)
        ? PathText.followed(path, target(path, there), There.FILE)
        : new CopyEnd(path, There.FILE);
  }

  /// Where a link of a container leads.
  private static String target(String path, JsonNode link) {
    String target = link.path("linkTarget").asText();
    return target.startsWith("/")
        ? target
        : PathText.clean(PathText.split(path).directory() + "/" + target);
  }

  // ---- into a container

  private static int in(Invocation call, CopyPath from, CopyPath to)
      throws IOException, DaemonException, InvalidValueException {
    String local = from.isStream() ? "" : LocalEnds.absolute(from.path());
    CopyEnd destination = destination(call, to);
    if (from.isStream()) {
      if (!destination.isDirectory()) {
        throw new InvalidValueException(
            "destination \"" + to.container() + ":" + to.path() + "\" must be a directory");
      }
      send(call, to, destination.path(), call.terminal().in());
      return 0;
    }
    CopyEnd source = LocalEnds.source(local, call.flag("--follow-link"));
    CopyPlan plan = CopyPlan.of(source, destination);
    long count = upload(call, to, plan, source);
    tell(call, count, to.container() + ":" + destination.path());
    return 0;
  }

  /// What is at the destination. What cannot be looked at is taken for nothing, as by Docker's
  /// client: to write there says why, if that fails, too.
  private static CopyEnd destination(Invocation call, CopyPath to)
      throws IOException, InvalidValueException {
    String path = to.path();
    JsonNode there = look(call, to, path);
    if (isLink(there)) {
      path = target(path, there);
      there = look(call, to, path);
    }
    if ((there.path("mode").asLong() & GO_DEVICE) != 0) {
      throw new InvalidValueException(
          "destination \""
              + to.container()
              + ":"
              + to.path()
              + "\" must be a directory or a regular file: got a device");
    }
    if (there.isMissingNode()) {
      return new CopyEnd(path, There.NOTHING);
    }
    return new CopyEnd(path, isDirectory(there) ? There.DIRECTORY : There.FILE);
  }

  private static long upload(Invocation call, CopyPath to, CopyPlan plan, CopyEnd source)
      throws IOException, DaemonException {
    Path file = FileNames.path(source.path());
    String renamed = plan.rename(source.name()).replaceAll("/+$", "");
    String name = renamed.isEmpty() ? "." : renamed; // the root's content
    try (var pipe = new PipedInputStream(PIPE)) {
      var out = new PipedOutputStream(pipe);
      var packing =
          new FutureTask<>(
              () -> {
                try (out) { // whatever happens: its reader would wait for ever
                  LocalTar.write(file, name, out);
                }
                return true;
              });
      Thread.ofPlatform().name("pack").daemon().start(packing);
      var counted = new CountedInput(pipe);
      send(call, to, plan.directory(), counted);
      finish(packing);
      return counted.count();
    }
  }

  private static void finish(FutureTask<Boolean> packing) throws IOException {
    try {
      packing.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static void send(Invocation call, CopyPath to, String directory, InputStream tar)
      throws IOException, DaemonException {
    Target target =
        archive(to, directory)
            .with("noOverwriteDirNonDir", "true")
            .withGiven("copyUIDGID", call.flag("--archive") ? "true" : "");
    Map<String, String> headers = Map.of("Content-Type", "application/x-tar");
    try (Answer answer = call.api().stream("PUT", target, headers, tar)) {
      answer.body().readAllBytes();
    }
  }

  // ---- both

  /// What is at a path of a container; missing where there is nothing, or it cannot be looked at.
  private static JsonNode look(Invocation call, CopyPath end, String path) throws IOException {
    try (Answer answer = call.api().stream("HEAD", archive(end, path))) {
      return decode(answer.header(STAT));
    } catch (DaemonException _) {
      return MissingNode.getInstance();
    }
  }

  private static JsonNode decode(String header) throws IOException {
    return Json.parse(new String(Base64.getDecoder().decode(header), StandardCharsets.UTF_8));
  }

  private static boolean isDirectory(JsonNode stat) {
    return (stat.path("mode").asLong() & GO_DIRECTORY) != 0;
  }

  private static boolean isLink(JsonNode stat) {
    return (stat.path("mode").asLong() & GO_LINK) != 0;
  }

  private static void tell(Invocation call, long bytes, String where) {
    boolean quiet =
        call.given("--quiet") ? call.flag("--quiet") : !call.terminal().outputIsTerminal();
    if (!quiet) {
      call.terminal().flush();
      call.err()
          .writeBytes(
              FileNames.bytes("Successfully copied " + Human.size(bytes) + " to " + where + "\n"));
    }
  }
}
