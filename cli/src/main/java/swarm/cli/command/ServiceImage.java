package swarm.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Json;
import swarm.cli.client.Target;
import swarm.cli.spec.ImageName;
import swarm.cli.spec.InvalidValueException;

/// What a registry says of a service's image, and what it wants to see first.
final class ServiceImage {
  private ServiceImage() {}

  /// The headers that a service is posted with: the user's credentials, where nodes are to get
  /// them.
  static Map<String, String> headers(Invocation call, JsonNode spec)
      throws IOException, InvalidValueException {
    String image = image(spec);
    return call.flag("--with-registry-auth") && !image.isEmpty()
        ? CredentialStore.of(call.environment()).header(ImageName.parse(image).repository())
        : Map.of();
  }

  private static String image(JsonNode spec) {
    return spec.at("/TaskTemplate/ContainerSpec/Image").asText("");
  }

  /// Writes the digest that the registry has now into a spec, and what the image is made for, so
  /// that every node runs the same.
  static void resolve(Invocation call, ObjectNode spec, Map<String, String> headers)
      throws IOException, InvalidValueException {
    String image = image(spec);
    if (call.flag("--no-resolve-image")
        || image.isEmpty()
        || !ImageName.parse(image).digest().isEmpty()) {
      return;
    }
    ImageName name = ImageName.parse(image);
    String tagged = name.tag().isEmpty() ? image + ":latest" : image;
    Target target = Target.of("/distribution", tagged, "json");
    try (Answer answer = call.api().stream("GET", target, headers, null)) {
      JsonNode found = Json.parse(answer.body());
      String digest = found.at("/Descriptor/digest").asText();
      ((ObjectNode) spec.at("/TaskTemplate/ContainerSpec")).put("Image", tagged + "@" + digest);
      if (!found.path("Platforms").isEmpty()) {
        ObjectNode placement = ((ObjectNode) spec.path("TaskTemplate")).withObject("/Placement");
        var platforms = placement.putArray("Platforms");
        for (JsonNode each : found.path("Platforms")) {
          platforms
              .addObject()
              .put("Architecture", each.path("architecture").asText())
              .put("OS", each.path("os").asText());
        }
      }
    } catch (DaemonException _) {
      call.err()
          .println(
              "image "
                  + image
                  + " could not be accessed on a registry to record\nits digest. Each node will"
                  + " access "
                  + image
                  + " independently,\npossibly leading to different nodes running different\n"
                  + "versions of the image.\n");
    }
  }
}
