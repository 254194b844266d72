package swarm.cli.spec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// `--gpus`: what is asked of the daemon, which says whether it has any.
final class GpuRequests {
  private static final Set<String> KNOWN =
      Set.of("count", "device", "driver", "capabilities", "options", "all");

  private GpuRequests() {}

  /// `all`, a number, or `device=0,driver=nvidia,"capabilities=gpu,utility"`.
  static ObjectNode parse(String text) throws InvalidValueException {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    if (text.equals("all") || text.matches("\\d{1,9}")) {
      request.put("Count", text.equals("all") ? -1 : Integer.parseInt(text));
      request.putArray("Capabilities").addArray().add("gpu");
      return request;
    }
    Map<String, String> fields = KeyValues.fields(text, "--gpus", KNOWN);
    String count = fields.getOrDefault("count", fields.containsKey("all") ? "all" : "");
    if (!count.isEmpty()) {
      request.put("Count", count.equals("all") ? -1 : Numbers.signed(count, "--gpus"));
    }
    request.put("Driver", fields.getOrDefault("driver", ""));
    if (fields.containsKey("device")) {
      var devices = request.putArray("DeviceIDs");
      List.of(fields.get("device").split(",")).forEach(devices::add);
    }
    var capabilities = request.putArray("Capabilities").addArray();
    for (String each : fields.getOrDefault("capabilities", "gpu").split(",")) {
      capabilities.add(each);
    }
    if (!fields.getOrDefault("capabilities", "gpu").contains("gpu")) {
      capabilities.add("gpu");
    }
    return request;
  }
}
