package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/// `--external-ca protocol=cfssl,url=https://...[,cacert=FILE][,NAME=VALUE...]`, as Docker has it.
final class ExternalCa {
  private ExternalCa() {}

  /// Reads one into the API's `ExternalCA`.
  static void read(String text, ObjectNode into) throws InvalidValueException {
    for (String field : text.split(",", -1)) {
      int is = field.indexOf('=');
      if (is < 0) {
        throw new InvalidValueException(
            "invalid field '" + field + "' must be a key=value pair (--external-ca " + text + ")");
      }
      String key = field.substring(0, is).toLowerCase(Locale.ROOT);
      String value = field.substring(is + 1);
      switch (key) {
        case "protocol" -> {
          if (!value.toLowerCase(Locale.ROOT).equals("cfssl")) {
            throw new InvalidValueException(
                "unrecognized external CA protocol " + value + "; cfssl is the only one");
          }
          into.put("Protocol", "cfssl");
        }
        case "url" -> into.put("URL", value);
        case "cacert" -> into.put("CACert", file(value));
        default -> into.withObject("/Options").put(key, value);
      }
    }
    if (into.path("Protocol").asText("").isEmpty()) {
      throw new InvalidValueException("the external-ca option needs a protocol= parameter");
    }
    if (into.path("URL").asText("").isEmpty()) {
      throw new InvalidValueException("the external-ca option needs a url= parameter");
    }
  }

  private static String file(String name) throws InvalidValueException {
    try {
      return Files.readString(Path.of(name), StandardCharsets.US_ASCII);
    } catch (IOException | InvalidPathException e) {
      throw new InvalidValueException(
          "unable to read CA cert for external CA: " + name + ": " + e.getMessage());
    }
  }
}
