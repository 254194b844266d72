package swarm.chaos.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What is written down about a test cluster, so that later commands find it again.
///
/// @param prefix of the hosts' names
/// @param hosts how many
/// @param program the `swarm` program that runs on each
/// @param daemonArgs options that every daemon gets besides the usual ones
record ClusterFile(String prefix, int hosts, Path program, List<String> daemonArgs) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "cluster.json";

  static boolean existsIn(Path dir) {
    return Files.exists(dir.resolve(NAME));
  }

  static ClusterFile read(Path dir) throws IOException {
    if (!existsIn(dir)) {
      throw new IOException("there is no test cluster in " + dir);
    }
    JsonNode json = JSON.readTree(dir.resolve(NAME).toFile());
    var args = new ArrayList<String>();
    json.path("daemonArgs").forEach(arg -> args.add(arg.asText()));
    return new ClusterFile(
        json.path("prefix").asText(),
        json.path("hosts").asInt(),
        Path.of(json.path("program").asText()),
        args);
  }

  void write(Path dir) throws IOException {
    ObjectNode json =
        JSON.createObjectNode()
            .put("prefix", prefix)
            .put("hosts", hosts)
            .put("program", program.toString());
    daemonArgs.forEach(json.putArray("daemonArgs")::add);
    Files.writeString(dir.resolve(NAME), json + "\n");
  }
}
