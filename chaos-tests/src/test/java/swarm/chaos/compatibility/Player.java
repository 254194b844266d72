package swarm.chaos.compatibility;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Plays scenarios on an engine. For one thread.
final class Player {
  static final String IMAGE = "web:1";
  private static final long LIMIT_SECONDS = 60;
  private static final int CONFLICT = 409;
  private static final int MOST_ROUNDS = 50;

  /// Networks that every engine has, and the one that Docker keeps from its first swarm.
  private static final Set<String> PREDEFINED = Set.of("bridge", "host", "none", "docker_gwbridge");

  private final Engine engine;
  private final Path folder;

  /// @param folder for the scenarios' files; made and deleted for each
  Player(Engine engine, Path folder) {
    this.engine = engine;
    this.folder = folder;
  }

  /// What each step printed.
  List<List<String>> play(Scenario scenario) throws IOException, InterruptedException {
    delete();
    Files.createDirectories(folder);
    try {
      var all = new ArrayList<List<String>>();
      for (Scenario.Step step : scenario.steps()) {
        all.add(run(step));
      }
      return all;
    } finally {
      clear();
      delete();
    }
  }

  private List<String> run(Scenario.Step step) throws IOException, InterruptedException {
    // entering the host's mounts leaves its process in the root folder
    ProcessBuilder builder =
        engine.on(
            List.of(
                "sh", "-c", "cd \"$0\" && exec sh -c \"$1\"", folder.toString(), step.script()));
    Map<String, String> environment = builder.environment();
    environment.put("DOCKER_HOST", "unix://" + engine.socket());
    environment.put("DOCKER_CONFIG", folder.resolve(".docker").toString());
    environment.put("DOCKER_CLI_HINTS", "false");
    environment.put("HOME", folder.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("TZ", "UTC");
    environment.put("TABLE", Recording.FOLDER.toAbsolutePath().toString());
    // files, not pipes: what a script leaves in the background must not keep the step waiting
    Path out = folder.resolveSibling(folder.getFileName() + ".out");
    Path err = folder.resolveSibling(folder.getFileName() + ".err");
    builder.redirectOutput(out.toFile()).redirectError(err.toFile());
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
      return List.of("(does not end within " + LIMIT_SECONDS + " s)");
    }
    return Scrub.output(text(out), text(err), process.exitValue());
  }

  private static String text(Path file) throws IOException {
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    Files.delete(file);
    return text;
  }

  /// Removes everything but the image.
  private void clear() throws IOException {
    leave();
    for (JsonNode container : engine.api().get("/containers/json?all=1")) {
      delete("/containers/" + container.path("Id").asText() + "?force=1&v=1");
    }
    for (JsonNode network : engine.api().get("/networks")) {
      // Docker may show those of a swarm for a moment after it was left
      boolean swarms = network.path("Scope").asText().equals("swarm");
      if (!swarms && !PREDEFINED.contains(network.path("Name").asText())) {
        delete("/networks/" + network.path("Id").asText());
      }
    }
    for (JsonNode volume : engine.api().get("/volumes").path("Volumes")) {
      delete("/volumes/" + volume.path("Name").asText() + "?force=1");
    }
    boolean again = true;
    for (int round = 0; again; round++) { // an image goes after those that were made of it
      again = false;
      for (JsonNode image : engine.api().get("/images/json")) {
        again |= clear(image);
      }
      if (round > MOST_ROUNDS) {
        throw new IOException("images that others were made of do not go");
      }
    }
  }

  /// The swarm that the scenario made goes with its services, tasks, secrets and networks.
  private void leave() throws IOException {
    if (!engine.api().get("/info").at("/Swarm/LocalNodeState").asText().equals("inactive")) {
      var _ = engine.api().post("/swarm/leave?force=1");
    }
  }

  /// @return whether it is to be tried again: another image goes first
  private boolean clear(JsonNode image) throws IOException {
    boolean kept = false;
    for (JsonNode tag : image.path("RepoTags")) {
      if (tag.asText().equals(IMAGE)) {
        kept = true;
      } else if (!tag.asText().equals("<none>:<none>")) {
        delete("/images/" + tag.asText() + "?force=1");
      }
    }
    if (kept || image.path("RepoTags").size() > 1) {
      return false;
    }
    try {
      delete("/images/" + image.path("Id").asText() + "?force=1");
      return false;
    } catch (swarm.chaos.client.ApiException e) {
      if (e.status() != CONFLICT || !String.valueOf(e.getMessage()).contains("child images")) {
        throw e;
      }
      return true;
    }
  }

  private void delete(String path) throws IOException {
    try {
      var _ = engine.api().delete(path);
    } catch (swarm.chaos.client.ApiException e) {
      if (e.status() != 404) { // it went with another, or by itself
        throw e;
      }
    }
  }

  private void delete() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> tree = Files.walk(folder)) {
      all = tree.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.delete(one);
    }
  }
}
