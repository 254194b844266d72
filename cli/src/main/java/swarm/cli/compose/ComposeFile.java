package swarm.cli.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import swarm.cli.client.Json;

/// Checked Compose files, merged into one: every key in its long form, variables and files of
/// variables read. Each section is a mapping by name, empty where there is none.
///
/// @param version as `docker stack config` prints it
/// @param extensions the top-level keys that begin with `x-`
/// @param warnings of what counts for nothing, each with its line ends
public record ComposeFile(
    String version,
    ObjectNode services,
    ObjectNode networks,
    ObjectNode volumes,
    ObjectNode secrets,
    ObjectNode configs,
    ObjectNode extensions,
    List<String> warnings,
    Shape.Places places) {

  public ComposeFile {
    warnings = List.copyOf(warnings);
  }

  /// A section by its name.
  ObjectNode section(String name) {
    return switch (name) {
      case "services" -> services;
      case "networks" -> networks;
      case "volumes" -> volumes;
      case "secrets" -> secrets;
      case "configs" -> configs;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /// As `docker stack config` prints it.
  public String yaml() {
    ObjectNode all = Json.object().put("version", version);
    all.set("services", services);
    for (String name : List.of("networks", "volumes", "secrets", "configs")) {
      JsonNode section = section(name);
      if (!section.isEmpty()) {
        all.set(name, section);
      }
    }
    all.setAll(extensions);
    return YamlWriter.write(all);
  }
}
