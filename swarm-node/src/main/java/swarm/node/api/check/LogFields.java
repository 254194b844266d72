package swarm.node.api.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import swarm.node.api.error.ApiException;
import swarm.runtime.logs.InvalidLogOptionException;
import swarm.runtime.logs.LogConfig;
import swarm.runtime.logs.LogOptions;

/// Reads where a container's output is to go. Pure.
public final class LogFields {
  private LogFields() {}

  /// @param driver name of the log driver; empty for the default one
  /// @param options of it, an object of strings
  /// @throws ApiException 400 in Docker's words
  public static LogConfig read(String driver, JsonNode options) throws ApiException {
    var all = new LinkedHashMap<String, String>();
    for (var option : options.properties()) {
      if (!option.getValue().isTextual()) {
        throw JsonBody.misfit("LogConfig.Config." + option.getKey(), "a string", option.getValue());
      }
      all.put(option.getKey(), option.getValue().asText());
    }
    try {
      return LogOptions.parse(driver, all);
    } catch (InvalidLogOptionException e) {
      throw ApiException.bad(String.valueOf(e.getMessage()));
    }
  }
}
