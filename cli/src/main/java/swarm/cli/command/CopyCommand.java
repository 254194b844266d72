package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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
import swarm.cli.spec.CopyPath;
import swarm.cli.spec.CopyPlan;
import swarm.cli.spec.CopyPlan.There;
import swarm.cli.spec.InvalidValueException;
import swarm.linux.FileNames;

/// `swarm cp`.
public final class CopyCommand {
  private static final String STAT = "x-docker-container-path-stat";
  private static final long GO_DIRECTORY = 1L << 31;
  private static final long GO_LINK = 1L << 27;
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
    CopyPath from = CopyPath.parse(call.files().getFirst());
    CopyPath to = CopyPath.parse(call.files().getLast());
    if (from.path().isEmpty()) {
      throw new InvalidValueException("source can not be empty");
    }
    if (to.path().isEmpty()) {
      throw new InvalidValueException("destination can not be empty");
    }
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
    String path = from.path();
    String shown = "";
    if (call.flag("--follow-link")) {
      JsonNode link = stat(call, from, path);
      if (isLink(link)) {
        path = link.path("linkTarget").asText();
        shown = CopyPath.split(from.path())[1];
      }
    }
    if (!to.isStream()) {
      checkParent(to.path());
    }
    try (Answer answer = call.api().stream("GET", archive(from, path))) {
      if (to.isStream()) {
        answer.body().transferTo(call.out());
        return 0;
      }
      boolean folder = isDirectory(decode(answer.header(STAT)));
      String name = path.endsWith("/.") || path.equals(".") ? "." : last(path);
      var counted = new CountedInput(answer.body());
      var plan = CopyPlan.of(name, folder, to.path(), there(LocalFiles.path(to.path())));
      if (plan.from().isEmpty() && !shown.isEmpty()) {
        plan = new CopyPlan(plan.directory(), name, shown);
      }
      LocalTar.read(counted, LocalFiles.path(plan.directory()).toAbsolutePath(), plan::rename);
      tell(call, counted.count(), FileNames.whole(LocalFiles.path(to.path()).toAbsolutePath()));
    }
    return 0;
  }

  private static String last(String path) {
    String name = CopyPath.split(path)[1];
    return name.equals(".") && path.replace("/", "").isEmpty() ? "/" : name;
  }

  private static void checkParent(String path) throws IOException, InvalidValueException {
    Path parent = LocalFiles.path(path).toAbsolutePath().normalize().getParent();
    if (parent != null && !Files.isDirectory(parent)) {
      throw new InvalidValueException(
          "invalid output path: directory \"" + parent + "\" does not exist");
    }
  }

  private static There there(Path path) {
    if (!Files.exists(path)) {
      return There.NOTHING;
    }
    return Files.isDirectory(path) ? There.DIRECTORY : There.FILE;
  }

  // ---- into a container

  private static int in(Invocation call, CopyPath from, CopyPath to)
      throws IOException, DaemonException, InvalidValueException {
    String path = to.path();
    JsonNode there = stat(call, to, path);
    if (isLink(there)) {
      path = there.path("linkTarget").asText();
      there = stat(call, to, path);
    }
    if (from.isStream()) {
      if (!isDirectory(there)) {
        throw new InvalidValueException(
            "destination \"" + to.container() + ":" + to.path() + "\" must be a directory");
      }
      send(call, to, path, call.terminal().in());
      return 0;
    }
    Path source = LocalFiles.path(from.path());
    if (call.flag("--follow-link") || CopyPath.assertsDirectory(from.path())) {
      source = source.toRealPath();
    }
    if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
      throw new InvalidValueException(
          "lstat " + source.toAbsolutePath() + ": no such file or directory");
    }
    boolean folder = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
    String name = from.path().endsWith("/.") || from.path().equals(".") ? "." : last(from.path());
    There at =
        there.isMissingNode() ? There.NOTHING : isDirectory(there) ? There.DIRECTORY : There.FILE;
    CopyPlan plan = CopyPlan.of(name, folder, path, at);
    long count = upload(call, to, plan, source, plan.rename(name));
    tell(call, count, to.container() + ":" + to.path());
    return 0;
  }

  private static long upload(Invocation call, CopyPath to, CopyPlan plan, Path source, String name)
      throws IOException, DaemonException {
    try (var pipe = new PipedInputStream(PIPE)) {
      var out = new PipedOutputStream(pipe);
      var packing =
          new FutureTask<>(
              () -> {
                try (out) { // whatever happens: its reader would wait for ever
                  LocalTar.write(source, name, out);
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

  /// What is at a path of a container; missing where there is nothing.
  private static JsonNode stat(Invocation call, CopyPath end, String path)
      throws IOException, DaemonException {
    try (Answer answer = call.api().stream("HEAD", archive(end, path))) {
      return decode(answer.header(STAT));
    } catch (DaemonException e) {
      if (e.status() == 404) {
        return MissingNode.getInstance();
      }
      throw e;
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
