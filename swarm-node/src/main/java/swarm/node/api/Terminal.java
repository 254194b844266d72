package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.http.Exchange;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.StreamFrame;

/// Joins a client's hijacked connection to a process's standard streams until the process's output
/// ends.
final class Terminal {
  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);
  private static final int BUFFER = 32 * 1024;

  private Terminal() {}

  /// @param raw whether output goes as it is (a terminal), rather than in frames that name the
  ///   stream
  static void join(AttachSession session, Exchange.Duplex client, boolean raw, boolean stdin)
      throws IOException, InterruptedException {
    if (stdin) {
      Thread.ofVirtual().name("attach-stdin").start(() -> pump(session, client));
    }
    try (OutputStream out = client.out()) {
      for (Optional<StreamFrame> frame = session.read();
          frame.isPresent();
          frame = session.read()) {
        StreamFrame part = frame.get();
        out.write(raw ? part.data() : Router.frame(part.stream().number(), part.data()));
      }
    }
  }

  private static void pump(AttachSession session, Exchange.Duplex client) {
    byte[] buffer = new byte[BUFFER];
    try {
      for (int n = client.in().read(buffer); n >= 0; n = client.in().read(buffer)) {
        session.write(buffer, 0, n);
      }
      session.closeStdin();
    } catch (IOException e) {
      LOG.debug("stdin of an attached client ended: {}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
