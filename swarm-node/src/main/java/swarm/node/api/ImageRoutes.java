package swarm.node.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.node.api.filter.ImageFilter;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageLoader;
import swarm.runtime.image.ImageStore;
import swarm.runtime.image.Reference;
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
    router.add("POST", "/images/load", this::load);
    router.add("GET", "/images/{name*}/json", call -> call.respond(200, inspect(find(call))));
    router.add("GET", "/images/{name*}/history", this::history);
    router.add("POST", "/images/{name*}/tag", this::tag);
    router.missing("POST", "/images/{name*}/push", "pushing images");
    router.missing("GET", "/images/get", "saving images");
    router.missing("GET", "/images/{name*}/get", "saving images");
    router.missing("GET", "/images/search", "searching images");
    router.missing("POST", "/images/prune", "pruning images");
    router.add("DELETE", "/images/{name*}", this::remove);
  }

  private Image find(Call call) throws IOException {
    return daemon.images().get(call.path("name"));
  }

  private void list(Call call) throws IOException, ApiException {
    ImageFilter filter =
        ImageFilter.of(
            call.filters(), daemon.images()::get, daemon.clock().instant(), ZoneId.systemDefault());
    ArrayNode all = Wire.JSON.createArrayNode();
    for (Image image : newest(daemon.images().list())) {
      if (filter.passes(image)) {
        ObjectNode row = all.addObject();
        row.put("Id", image.id()).put("ParentId", "");
        row.set("RepoTags", Wire.JSON.valueToTree(filter.names(image.tags())));
        row.set("RepoDigests", Wire.JSON.valueToTree(filter.names(image.digests())));
        row.put("Created", image.created().getEpochSecond());
        row.put("Size", image.size()).put("SharedSize", -1).put("Containers", -1);
        row.set("Labels", Wire.JSON.valueToTree(image.labels()));
      }
    }
    call.respond(200, all);
  }

  private static List<Image> newest(List<Image> all) {
    return all.stream().sorted(Comparator.comparing(Image::created).reversed()).toList();
  }

  private static ObjectNode inspect(Image image) {
    ObjectNode all = Wire.JSON.createObjectNode();
    all.put("Id", image.id());
    all.set("RepoTags", Wire.JSON.valueToTree(image.tags()));
    all.set("RepoDigests", Wire.JSON.valueToTree(image.digests()));
    all.put("Parent", "").put("Comment", "").put("DockerVersion", "").put("Author", "");
    all.put("Created", image.created().toString());
    JsonNode config = image.configuration().path("config");
    all.set("Config", config.isMissingNode() ? Wire.JSON.createObjectNode() : config);
    all.put("Architecture", image.architecture()).put("Os", image.os());
    all.put("Size", image.size());
    ObjectNode graph = all.putObject("GraphDriver");
    graph.put("Name", "overlay2").putObject("Data");
    ObjectNode rootfs = all.putObject("RootFS").put("Type", "layers");
    ArrayNode layers = rootfs.putArray("Layers");
    image.layers().forEach(layer -> layers.add(layer.diffId()));
    all.putObject("Metadata").put("LastTagTime", "0001-01-01T00:00:00Z");
    return all;
  }

  private void history(Call call) throws IOException {
    Image image = find(call);
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
    call.respond(200, all);
  }

  private void tag(Call call) throws IOException, ApiException {
    if (call.query("repo").isEmpty()) {
      throw ApiException.bad("repo must name the new repository");
    }
    String tag = call.query("tag");
    daemon
        .images()
        .tag(
            call.path("name"),
            Reference.parse(call.query("repo") + (tag.isEmpty() ? "" : ":" + tag)));
    call.exchange().respond(201, "application/json", new byte[0]);
  }

  private void remove(Call call) throws IOException {
    var used = new TreeSet<String>();
    daemon.engine().list().forEach(c -> used.add(c.config().imageId()));
    ImageStore.Removal removal =
        daemon.images().remove(call.path("name"), call.flag("force"), used);
    ArrayNode all = Wire.JSON.createArrayNode();
    removal.untagged().forEach(name -> all.addObject().put("Untagged", name));
    removal.deleted().forEach(id -> all.addObject().put("Deleted", id));
    for (String id : removal.deleted()) {
      daemon
          .events()
          .publish("image", "delete", id, Map.of("name", id), daemon.clock().instant(), "local");
    }
    call.respond(200, all);
  }

  /// Pull (`fromImage`) or import (`fromSrc=-`).
  private void create(Call call) throws IOException, ApiException, InterruptedException {
    if (!call.query("fromImage").isEmpty()) {
      new ImagePull(
              daemon.puller(), daemon.events(), daemon.clock(), daemon.description().architecture())
          .answer(call);
    } else if (call.query("fromSrc").equals("-")) {
      importTar(call);
    } else if (call.query("fromSrc").isEmpty()) {
      throw ApiException.bad("fromImage or fromSrc must say what to make the image from");
    } else {
      throw ApiException.unimplemented("importing from a URL");
    }
  }

  private void importTar(Call call) throws IOException, ApiException {
    @Nullable Reference name = null;
    if (!call.query("repo").isEmpty()) {
      String tag = call.query("tag");
      name = Reference.parse(call.query("repo") + (tag.isEmpty() ? "" : ":" + tag));
    }
    String message = call.query("message");
    Image image =
        daemon
            .importer()
            .importTar(
                call.exchange().body(),
                name,
                call.queries("changes"),
                message.isEmpty() ? "Imported from -" : message,
                daemon.description().architecture(),
                daemon.clock().instant());
    try (OutputStream out = call.stream("application/json")) {
      out.write(Router.line(Map.of("status", image.id())));
    }
    daemon
        .events()
        .publish(
            "image",
            "import",
            image.id(),
            Map.of("name", image.id()),
            daemon.clock().instant(),
            "local");
  }

  private void load(Call call) throws IOException {
    List<ImageLoader.Loaded> all =
        daemon
            .loader()
            .load(call.exchange().body(), daemon.description().architecture(), (_, _, _, _) -> {});
    try (OutputStream out = call.stream("application/json")) {
      for (ImageLoader.Loaded loaded : all) {
        Image image = loaded.image();
        String text =
            loaded.names().isEmpty()
                ? "Loaded image ID: " + image.id() + "\n"
                : "Loaded image: " + String.join("\nLoaded image: ", loaded.names()) + "\n";
        out.write(Router.line(Map.of("stream", text)));
        daemon
            .events()
            .publish(
                "image",
                "load",
                image.id(),
                Map.of("name", image.id()),
                daemon.clock().instant(),
                "local");
      }
    }
  }
}
