package swarm.node.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import swarm.node.api.error.ApiException;
import swarm.runtime.image.Image;
import swarm.runtime.image.ImageLoader;
import swarm.runtime.image.ImageSaver;
import swarm.runtime.image.Platform;
import swarm.runtime.image.Progress;

/// Images as archives: `GET /images/get`, `GET /images/{name}/get` and `POST /images/load`.
final class SaveRoutes {
  private static final int BUFFER = 64 * 1024;

  private final Daemon daemon;

  SaveRoutes(Daemon daemon) {
    this.daemon = daemon;
  }

  void add(Router router) {
    router.add("GET", "/images/get", call -> save(call, call.queries("names")));
    router.add("GET", "/images/{name*}/get", call -> save(call, List.of(call.path("name"))));
    router.add("POST", "/images/load", this::load);
  }

  private void save(Call call, List<String> names) throws IOException, ApiException {
    if (names.isEmpty()) {
      throw ApiException.bad("names must say which images to save");
    }
    String platform = call.query("platform");
    @Nullable Platform wanted = platform.isEmpty() ? null : PlatformQuery.read(platform);
    ImageSaver.Selection selection = daemon.saver().select(names, wanted);
    try (OutputStream out = new BufferedOutputStream(call.stream("application/x-tar"), BUFFER)) {
      daemon.saver().save(selection, out);
    }
    for (Image image : selection.images().keySet()) {
      event("save", image);
    }
  }

  private void event(String action, Image image) {
    ImageEvents.of(daemon).tell(action, image.id(), image.id());
  }

  private void load(Call call) throws IOException, ApiException {
    String given = call.query("platform");
    Platform platform =
        given.isEmpty()
            ? Platform.linux(daemon.description().architecture())
            : PlatformQuery.read(given);
    var lines = new ProgressLines(call);
    boolean quiet = call.flag("quiet");
    Progress progress =
        (id, status, current, total) -> {
          if (id.isEmpty()) {
            lines.text(status + "\n");
          } else if (!quiet) {
            lines.report(id, status, current, total);
          }
        };
    List<ImageLoader.Loaded> all = new ArrayList<>();
    try {
      all.addAll(
          daemon.loader().load(call.exchange().body(), platform, !given.isEmpty(), progress));
    } catch (IOException e) {
      lines.failed(e);
      return;
    }
    for (ImageLoader.Loaded loaded : all) {
      Image image = loaded.image();
      if (loaded.names().isEmpty()) {
        lines.text("Loaded image ID: " + image.id() + "\n");
      }
      for (String name : loaded.names()) {
        lines.text("Loaded image: " + name + "\n");
      }
      event("load", image);
    }
    lines.close();
  }
}
