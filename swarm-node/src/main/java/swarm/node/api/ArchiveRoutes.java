package swarm.node.api;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import swarm.linux.FileNames;
import swarm.node.api.error.ApiException;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.archive.Compression;
import swarm.runtime.archive.LayerChanges;
import swarm.runtime.archive.PathStat;
import swarm.runtime.archive.TreePaths;
import swarm.runtime.archive.TreeTar;
import swarm.runtime.archive.TreeUnpacker;
import swarm.runtime.container.Container;
import swarm.runtime.container.ContainerEngine;
import swarm.runtime.container.ContainerEvent.Action;
import swarm.runtime.container.ContainerMount;
import swarm.runtime.container.EngineException;
import swarm.runtime.image.ImageException;
import swarm.runtime.oci.ResolvedUser;
import swarm.runtime.volume.VolumeException;
import swarm.scheduler.model.Wire;

/// The files of containers: `docker cp`, `diff` and `export`.
final class ArchiveRoutes {
  private static final String STAT = "X-Docker-Container-Path-Stat";
  private static final String TAR = "application/x-tar";

  private final ContainerEngine engine;

  ArchiveRoutes(Daemon daemon) {
    this.engine = daemon.engine();
  }

  void add(Router router) {
    String archive = "/containers/{id}/archive";
    router.add("HEAD", archive, named("look into", this::stat));
    router.add("GET", archive, named("copy from", this::read));
    router.add("PUT", archive, named("copy into", this::write));
    router.add("GET", "/containers/{id}/changes", named("compare", this::changes));
    router.add("GET", "/containers/{id}/export", named("export", this::export));
  }

  /// Says what the disk or the kernel refused: whoever copies can make room.
  private static Router.Route named(String what, Router.Route route) {
    return call -> {
      try {
        route.handle(call);
      } catch (ArchiveException e) {
        throw ApiException.bad(String.valueOf(e.getMessage()));
      } catch (ImageException | VolumeException e) {
        throw e;
      } catch (IOException e) {
        if (call.exchange().answered()) {
          throw e;
        }
        throw failed("cannot " + what + " container " + call.path("id"), e);
      }
    };
  }

  static ApiException failed(String what, IOException cause) {
    String reason =
        cause instanceof FileSystemException file && file.getReason() != null
            ? file.getReason()
            : Objects.requireNonNullElse(cause.getMessage(), "it ends too early");
    return new ApiException(500, what + ": " + reason);
  }

  private static String path(Call call) throws ApiException {
    String path = FileNames.text(call.exchange().queryBytes("path"));
    if (path.isEmpty()) {
      throw ApiException.bad("bad parameter: path cannot be empty");
    }
    if (path.indexOf('\0') >= 0) {
      throw ApiException.bad("bad parameter: path must not have a NUL character");
    }
    return path;
  }

  private void stat(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    String path = path(call);
    Optional<PathStat> stat = engine.withMounts(call.path("id"), root -> PathStat.of(root, path));
    call.exchange().setHeader(STAT, header(found(call, path, stat)));
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private static PathStat found(Call call, String path, Optional<PathStat> stat)
      throws ApiException {
    if (stat.isEmpty()) {
      throw missing(call, path);
    }
    return stat.get();
  }

  private static ApiException missing(Call call, String path) {
    return ApiException.missing(
        "Could not find the file " + path + " in container " + call.path("id"));
  }

  /// The stat as a header has it.
  private static String header(PathStat stat) throws IOException {
    ObjectNode node = Wire.JSON.createObjectNode();
    node.put("name", FileNames.shown(stat.name()))
        .put("size", stat.size())
        .put("mode", stat.mode());
    node.put("mtime", stat.modified().toString()).put("linkTarget", FileNames.shown(stat.target()));
    return Base64.getEncoder().encodeToString(Wire.JSON.writeValueAsBytes(node));
  }

  /// A file under its name; a directory with all that is in it under its, or, where `/.` stands at
  /// the path's end, under `.`.
  private void read(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    String path = path(call);
    Container container = engine.get(call.path("id"));
    boolean there =
        engine.withMounts(
            container.id(),
            root -> {
              Optional<PathStat> stat = PathStat.of(root, path);
              if (stat.isEmpty()) {
                return false;
              }
              call.exchange().setHeader(STAT, header(stat.get()));
              try (OutputStream out = call.stream(TAR)) {
                var tar = new TreeTar(out);
                String clean = TreePaths.clean(path);
                boolean whole = path.endsWith("/.") || path.equals(".");
                boolean folder = stat.get().isDirectory();
                tar.add(root, folder ? clean + "/." : clean, whole ? "." : TreePaths.name(clean));
                tar.end();
              }
              return true;
            });
    if (!there) {
      throw missing(call, path);
    }
    engine.tell(Action.ARCHIVE_PATH, container, Map.of());
  }

  private void write(Call call)
      throws IOException, ApiException, EngineException, InterruptedException {
    String path = path(call);
    Container container = engine.get(call.path("id"));
    Optional<ApiException> refusal =
        engine.withMounts(container.id(), root -> unpack(call, container, root, path));
    if (refusal.isPresent()) {
      throw refusal.get();
    }
    engine.tell(Action.EXTRACT_TO_DIR, container, Map.of());
    call.exchange().respond(200, "application/json", new byte[0]);
  }

  private Optional<ApiException> unpack(Call call, Container container, Path root, String path)
      throws IOException, EngineException {
    String resolved = TreePaths.resolve(root, path);
    Optional<PathStat> stat = PathStat.of(root, resolved);
    if (stat.isEmpty()) {
      return Optional.of(missing(call, path));
    }
    if (!stat.get().isDirectory()) {
      return Optional.of(ApiException.bad("extraction point is not a directory"));
    }
    Optional<ApiException> readOnly = readOnly(container, resolved);
    if (readOnly.isPresent()) {
      return readOnly;
    }
    Optional<TreeUnpacker.Owner> owner = Optional.empty();
    if (call.flag("copyUIDGID") && !container.config().process().user().isEmpty()) {
      ResolvedUser user = engine.user(container, root);
      owner = Optional.of(new TreeUnpacker.Owner((int) user.uid(), (int) user.gid()));
    }
    var options = new TreeUnpacker.Options(call.flag("noOverwriteDirNonDir"), owner);
    try (InputStream tar = Compression.open(call.exchange().body())) {
      new TreeUnpacker(root, resolved, options).unpack(tar);
    }
    return Optional.empty();
  }

  /// What is in a volume is as that is; the rest as the container's root.
  private static Optional<ApiException> readOnly(Container container, String path) {
    Optional<ContainerMount> mount =
        container.config().mounts().stream()
            .filter(m -> path.equals(m.target()) || path.startsWith(m.target() + "/"))
            .max(java.util.Comparator.comparingInt(m -> m.target().length()));
    if (mount.isEmpty()) {
      return container.config().security().readOnlyRootfs()
          ? Optional.of(new ApiException(403, "container rootfs is marked read-only"))
          : Optional.empty();
    }
    boolean closed =
        switch (mount.get()) {
          case ContainerMount.Bind b -> b.readOnly();
          case ContainerMount.Volume v -> v.readOnly();
          case ContainerMount.Tmpfs _ -> container.config().security().readOnlyRootfs();
        };
    return closed
        ? Optional.of(new ApiException(403, "mounted volume is marked read-only"))
        : Optional.empty();
  }

  private void changes(Call call) throws IOException, EngineException, InterruptedException {
    var _ =
        engine.<Boolean>withLayer(
            call.path("id"),
            (upper, lower, _) -> {
              call.grown(out -> write(upper, lower, out));
              return true;
            });
  }

  private static void write(Path upper, Path lower, OutputStream out) throws IOException {
    JsonGenerator json = Wire.JSON.createGenerator(out);
    json.writeStartArray();
    LayerChanges.tell(
        upper,
        lower,
        change -> {
          json.writeStartObject();
          json.writeStringField("Path", FileNames.shown(change.path()));
          json.writeNumberField("Kind", change.kind().number());
          json.writeEndObject();
        });
    json.writeEndArray();
    json.flush(); // what was thrown at must stay open
  }

  /// The root file system without volumes.
  private void export(Call call) throws IOException, EngineException, InterruptedException {
    Container container = engine.get(call.path("id"));
    var _ =
        engine.<Boolean>withRootfs(
            container.id(),
            root -> {
              try (OutputStream out = call.stream("application/octet-stream")) {
                var tar = new TreeTar(out);
                tar.addContent(root);
                tar.end();
              }
              return true;
            });
    engine.tell(Action.EXPORT, container, Map.of());
  }
}
