package swarm.node.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.api.http.Exchange;
import swarm.runtime.stdio.AttachSession;
import swarm.runtime.stdio.StreamFrame;

/// Joins a client's connection to a process's standard streams until the process's output ends, the
/// client is gone, or it types its detach keys.
///
/// Nothing is kept between the two: while the client does not read, nor is the process's output
/// read, which is the pressure that a pipe would give. Once its connection is closed, output is
/// thrown away, what the client sent before still reaches the process, and then the session ends:
/// nobody waits for a client that is gone.
final class Terminal {
  private static final Logger LOG = LoggerFactory.getLogger(Terminal.class);
  private static final int BUFFER = 32 * 1024;

  private final AttachSession session;
  private final Exchange.Duplex client;
  private final Mode mode;
  private final AtomicBoolean left = new AtomicBoolean();
  private final CompletableFuture<Void> input = new CompletableFuture<>(); // done: all is passed on

  /// How the two are joined.
  ///
  /// @param raw whether output goes as it is (a terminal), rather than in frames that name the
  ///   stream
  /// @param stdin whether what the client sends goes to the process
  /// @param detachKeys by which the client leaves; looked for in what it sends
  record Mode(boolean raw, boolean stdin, Optional<DetachKeys> detachKeys) {}

  private Terminal(AttachSession session, Exchange.Duplex client, Mode mode) {
    this.session = session;
    this.client = client;
    this.mode = mode;
  }

  /// Something to wait for between the end of the output and the end of the client's stream.
  @FunctionalInterface
  interface Ending {
    void await() throws InterruptedException;
  }

  /// Copies until the end, then closes the client's stream.
  ///
  /// @param ending not waited for where the client left
  /// @return whether the client left by its detach keys
  static boolean join(
      Exchange exchange, AttachSession session, Exchange.Duplex client, Mode mode, Ending ending)
      throws IOException, InterruptedException {
    var terminal = new Terminal(session, client, mode);
    exchange.onClientGone(terminal::gone);
    try (OutputStream out = client.out()) {
      terminal.copy(out);
      if (!terminal.left.get()) {
        ending.await();
      }
    }
    return terminal.left.get();
  }

  /// Called when the client is gone, perhaps twice.
  private void gone() {
    var _ = input.thenRun(session::close);
  }

  private void copy(OutputStream out) throws IOException, InterruptedException {
    if (mode.stdin()) {
      Thread.ofVirtual().name("attach-stdin").start(this::pump);
    } else {
      input.complete(null);
    }
    boolean heard = true;
    for (Optional<StreamFrame> frame = session.read(); frame.isPresent(); frame = session.read()) {
      heard = heard && write(out, frame.get());
    }
  }

  private boolean write(OutputStream out, StreamFrame part) {
    try {
      out.write(mode.raw() ? part.data() : Router.frame(part.stream().number(), part.data()));
      return true;
    } catch (IOException e) {
      LOG.debug("an attached client is gone: {}", e.toString());
      gone();
      return false;
    }
  }

  private void pump() {
    byte[] buffer = new byte[BUFFER];
    Optional<DetachKeys.Search> search = mode.detachKeys().map(DetachKeys::search);
    try {
      for (int n = client.in().read(buffer); n >= 0; n = client.in().read(buffer)) {
        if (search.isEmpty()) {
          session.write(buffer, 0, n);
          continue;
        }
        byte[] typed = search.get().pass(buffer, n);
        session.write(typed, 0, typed.length);
        if (search.get().found()) {
          left.set(true);
          session.close();
          return;
        }
      }
      session.closeStdin();
    } catch (IOException e) {
      LOG.debug("stdin of an attached client ended: {}", e.toString());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      input.complete(null);
    }
  }
}
