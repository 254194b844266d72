package swarm.node.api.view;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.scheduler.model.Wire;

/// The answer of `GET /version`. Pure.
///
/// @param version of this program
/// @param api its newest version of the API
/// @param oldestApi its oldest
/// @param commit what it was built from
/// @param built when, as RFC 3339 has it; empty where nobody knows
/// @param java the version of the Java runtime
/// @param architecture in Go's words
/// @param programs those that containers are run with
public record VersionView(
    String version,
    String api,
    String oldestApi,
    String commit,
    String built,
    String java,
    String architecture,
    String kernel,
    List<Program> programs) {
  /// A program of the host.
  ///
  /// @param version empty where it does not say
  public record Program(String name, String version) {}

  /// The answer. Clients show what is in the components, scripts ask for what is beside them, so
  /// that the engine's is told twice, as Docker does.
  public ObjectNode toJson() {
    ObjectNode answer = Wire.JSON.createObjectNode();
    answer.putObject("Platform").put("Name", "swarm");
    var components = answer.putArray("Components");
    ObjectNode details =
        components.addObject().put("Name", "Engine").put("Version", version).putObject("Details");
    engine(details).put("Experimental", "false").put("JavaVersion", java);
    for (Program program : programs) {
      components
          .addObject()
          .put("Name", program.name())
          .put("Version", program.version())
          .putObject("Details")
          .put("GitCommit", "");
    }
    answer.put("Version", version);
    engine(answer).put("Experimental", false);
    return answer;
  }

  private ObjectNode engine(ObjectNode to) {
    return to.put("ApiVersion", api)
        .put("MinAPIVersion", oldestApi)
        .put("GitCommit", commit)
        .put("GoVersion", "java" + java)
        .put("Os", "linux")
        .put("Arch", architecture)
        .put("KernelVersion", kernel)
        .put("BuildTime", built);
  }
}
