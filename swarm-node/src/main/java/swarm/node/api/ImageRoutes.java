package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ImageFilter;
import swarm.node.api.view.Images;
import swarm.runtime.container.Container;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageException;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Reference;
import swarm.runtime.image.UrlSource;
import swarm.scheduler.model.Wire;

/// `/images/...`.
final class ImageRoutes {
  private final Daemon daemon;

  ImageRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/images/json", this::list);
    router.add("POST", "/images/create", this::create);
    router.add("GET", "/images/{name*}/json", this::inspect);
    router.add("GET", "/images/{name*}/history", this::history);
    router.add("POST", "/images/{name*}/tag", this::tag);
    router.add("POST", "/images/{name*}/push", new PushRoute(daemon)::push);
    new SaveRoutes(daemon).add(router);
    new AuthRoutes(daemon).add(router);
    new PruneRoutes(daemon).add(router);
    router.add("DELETE", "/images/{name*}", this::remove);
  }

  /// The image of the path, which has to be for the platform that is asked for, if one is.
  private Image find(Call call, String parameter) throws IOException, ApiException {
    String name = call.path("name");
    Image image = daemon.images().get(name);
    List<String> asked = call.queries(parameter).stream().filter(p -> !p.isEmpty()).toList();
    if (asked.size() > 1) {
      throw ApiException.bad("multiple platforms are not supported");
    }
    for (String platform : asked) {
      Platform wanted = PlatformQuery.read(platform);
      if (!wanted.accepts(Platform.of(image))) {
        throw new ImageException(
            ImageException.Kind.NOT_FOUND,
            PlatformWords.mismatch(name, wanted, Platform.of(image)));
      }
    }
    return image;
  }

  private void list(Call call) throws IOException, ApiException {
    ImageFilter filter =
        ImageFilter.of(
            call.filters(), daemon.images()::get, daemon.clock().instant(), ZoneId.systemDefault());
    List<Image> images = daemon.images().list();
    Map<String, Long> shared = call.flag("shared-size") ? Images.sharedSizes(images) : Map.of();
    ArrayNode all = Wire.JSON.createArrayNode();
    boolean intermediate = call.flag("all");
    Set<String> parents = images.stream().map(Image::parent).collect(Collectors.toSet());
    for (Image image : newest(images)) {
      // of a build's steps the last ones are shown
      boolean shown = intermediate || !image.isNameless() || !parents.contains(image.id());
      if (shown && filter.passes(image)) {
        ObjectNode row =
            Images.row(image, filter.names(image.tags()), filter.names(image.digests()));
        row.put("SharedSize", shared.getOrDefault(image.id(), -1L));
        if (call.flag("manifests")) {
          row.set("Manifests", manifests(image));
        }
        all.add(row);
      }
    }
    call.respond(200, all);
  }

  private static List<Image> newest(List<Image> all) {
    return all.stream().sorted(Comparator.comparing(Image::created).reversed()).toList();
  }

  private ArrayNode manifests(Image image) throws IOException {
    List<String> containers =
        daemon.engine().list().stream()
            .filter(c -> c.config().imageId().equals(image.id()))
            .map(Container::id)
            .toList();
    return Images.manifests(image, daemon.images().manifest(image), containers);
  }

  private void inspect(Call call) throws IOException, ApiException {
    Image image = find(call, "platform");
    ObjectNode answer =
        Images.inspect(image, daemon.images().folders(image), daemon.images().manifest(image));
    if (call.flag("manifests")) {
      answer.set("Manifests", manifests(image));
    }
    call.respond(200, answer);
  }

  private void history(Call call) throws IOException, ApiException {
    Image image = find(call, "platform");
    ArrayNode all = Wire.JSON.createArrayNode();
    JsonNode history = image.configuration().path("history");
    int layer = image.layers().size();
    for (int i = history.size() - 1; i >= 0; i--) {
      JsonNode step = history.get(i);
      boolean empty = step.path("empty_layer").asBoolean();
      String created = step.path("created").asText("");
      all.addObject()
          .put("Id", i == history.size() - 1 ? image.id() : "<missing>")
          .put("Created", created.isEmpty() ? 0 : java.time.Instant.parse(created).getEpochSecond())
          .put("CreatedBy", step.path("created_by").asText(""))
          .put("Comment", step.path("comment").asText(""))
          .put("Size", empty || layer == 0 ? 0 : image.layers().get(--layer).unpacked())
          .set(
              "Tags",
              i == history.size() - 1 ? Wire.JSON.valueToTree(image.tags()) : Wire.JSON.nullNode());
    }
    nameSteps(image, all);
    call.respond(200, all);
  }

  /// Steps that were built here are images, too.
  private void nameSteps(Image image, ArrayNode rows) throws IOException {
    Optional<Image> step = Optional.of(image);
    for (int i = 0; i < rows.size() && step.isPresent(); i++) {
      if (rows.get(i) instanceof ObjectNode row) {
        row.put("Id", step.get().id());
        row.set(
            "Tags",
            step.get().tags().isEmpty() && i > 0
                ? Wire.JSON.nullNode()
                : Wire.JSON.valueToTree(step.get().tags()));
      }
      step = daemon.images().find(step.get().parent());
    }
  }

  private void tag(Call call) throws IOException, ApiException {
    if (call.query("repo").isEmpty()) {
      throw ApiException.bad("repo must name the new repository");
    }
    String tag = call.query("tag");
    Reference name = Reference.parse(call.query("repo") + (tag.isEmpty() ? "" : ":" + tag));
    Image image = daemon.images().get(call.path("name"));
    daemon.images().tag(image.id(), name, daemon.clock().instant());
    ImageEvents.of(daemon).tell("tag", image.id(), name.familiar());
    call.exchange().respond(201, "application/json", new byte[0]);
  }

  private void remove(Call call) throws IOException, ApiException {
    String name = call.path("name");
    Image image = find(call, "platforms");
    ImageStore.Removal removal =
        daemon
            .images()
            .remove(
                name,
                call.flag("force"),
                !call.flag("noprune"),
                new ContainerUses(daemon.engine().list()));
    ArrayNode all = Wire.JSON.createArrayNode();
    RemovedImages.tell(daemon, image, removal, all);
    call.respond(200, all);
  }

  /// Pull (`fromImage`) or import (`fromSrc=-`).
  private void create(Call call) throws IOException, ApiException, InterruptedException {
    if (!call.query("fromImage").isEmpty()) {
      new ImagePull(daemon.puller(), ImageEvents.of(daemon), daemon.description().architecture())
          .answer(call);
    } else if (call.query("fromSrc").isEmpty()) {
      throw ApiException.bad("fromImage or fromSrc must say what to make the image from");
    } else if (call.query("fromSrc").equals("-")) {
      importTar(call, call.exchange().body(), "-", new ProgressLines(call));
    } else {
      importUrl(call);
    }
  }

  private void importUrl(Call call) throws IOException, ApiException, InterruptedException {
    var lines = new ProgressLines(call);
    try (UrlSource source = UrlSource.of(call.query("fromSrc"))) {
      lines.hold("", "Downloading from " + source.uri());
      try (InputStream in = source.open(lines)) {
        importTar(call, in, source.uri().toString(), lines);
      }
    } catch (IOException e) {
      lines.failed(e);
    }
  }

  private void importTar(Call call, InputStream tar, String from, ProgressLines lines)
      throws IOException, ApiException {
    @Nullable Reference name = null;
    if (!call.query("repo").isEmpty()) {
      String tag = call.query("tag");
      name = Reference.parse(call.query("repo") + (tag.isEmpty() ? "" : ":" + tag));
    }
    String own = daemon.description().architecture();
    String platform = call.query("platform");
    String message = call.query("message");
    Image image =
        daemon
            .importer()
            .importTar(
                tar,
                name,
                call.queries("changes"),
                message.isEmpty() ? "Imported from " + from : message,
                platform.isEmpty() ? Platform.linux(own) : Platform.parse(platform, own),
                daemon.clock().instant());
    lines.status(image.id());
    lines.close();
    if (name != null) {
      ImageEvents.of(daemon).tell("tag", image.id(), name.familiar());
    }
    ImageEvents.of(daemon).tell("import", image.id(), image.id());
  }
}
