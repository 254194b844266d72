package swarm.node.api.http;

import java.io.IOException;

/// Answers one request. Runs on a virtual thread of its own and may block.
@FunctionalInterface
public interface HttpHandler {
  void handle(Exchange exchange) throws IOException;
}
