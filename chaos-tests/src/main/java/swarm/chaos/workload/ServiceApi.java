package swarm.chaos.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import swarm.chaos.check.ServiceAnswer;
import swarm.chaos.check.ServiceCall;
import swarm.chaos.client.DockerApi;
import swarm.chaos.client.Swarm;

/// Calls on services as requests to one manager. A service is a register here: its value is a
/// label, and it has no task.
record ServiceApi(DockerApi api) {
  /// Not one of ours, which begin with `swarm.`: those mean something.
  private static final String LABEL = "register";

  /// Named, never pulled.
  private static final String IMAGE = "none:1";

  /// Asks, and waits for the answer.
  ///
  /// @throws IOException where it is no success: [Outcome#of] tells what that means
  ServiceAnswer ask(ServiceCall call) throws IOException {
    String path = "/services/" + call.service();
    return switch (call) {
      case ServiceCall.Read _ -> found(api.get(path));
      case ServiceCall.Create create ->
          done(api.post("/services/create", spec(create.service(), create.value())));
      case ServiceCall.Update update ->
          done(
              api.post(
                  path + "/update?version=" + update.version(),
                  spec(update.service(), update.value())));
      case ServiceCall.Remove _ -> done(api.delete(path));
    };
  }

  private static ObjectNode spec(String service, String value) {
    ObjectNode spec = Swarm.service(service, IMAGE, 0);
    spec.putObject("Labels").put(LABEL, value);
    return spec;
  }

  private static ServiceAnswer found(JsonNode service) {
    return new ServiceAnswer.Found(
        service.at("/Spec/Labels").path(LABEL).asText(),
        service.path("Version").path("Index").asLong());
  }

  private static ServiceAnswer done(JsonNode ignored) {
    return new ServiceAnswer.Done();
  }
}
