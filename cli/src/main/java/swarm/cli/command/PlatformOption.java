package swarm.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import swarm.cli.client.Json;
import swarm.cli.spec.InvalidValueException;

/// `--platform` where the API wants OCI's JSON form. Pure.
final class PlatformOption {
  private PlatformOption() {}

  /// @param text `OS[/ARCHITECTURE[/VARIANT]]`; empty for none
  static String json(String text) throws InvalidValueException {
    if (text.isEmpty()) {
      return "";
    }
    String[] parts = text.split("/", -1);
    if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw InvalidValueException.of(text, "--platform", "use OS/ARCHITECTURE[/VARIANT]");
    }
    ObjectNode platform = Json.object().put("os", parts[0]).put("architecture", parts[1]);
    if (parts.length == 3) {
      platform.put("variant", parts[2]);
    }
    return Json.text(platform);
  }
}
