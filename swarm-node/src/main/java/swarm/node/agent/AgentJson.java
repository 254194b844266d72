package swarm.node.agent;

import java.io.IOException;
import swarm.scheduler.model.Wire;

/// Small files that the agent keeps.
final class AgentJson {
  private AgentJson() {}

  static byte[] write(Object value) throws IOException {
    return Wire.JSON.writeValueAsBytes(value);
  }

  static <T> T read(byte[] bytes, Class<T> type) throws IOException {
    return Wire.JSON.readValue(bytes, type);
  }
}
