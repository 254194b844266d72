package swarm.cli.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import swarm.cli.client.Answer;
import swarm.cli.client.DaemonException;
import swarm.cli.client.Target;

/// Joins a process in a container to this terminal: its input, its output, the window's size.
final class Session {
  private static final int BUFFER = 16 * 1024;
  private static final long SIZE_MILLIS = 1_000;

  private final Invocation call;
  private final boolean input;
  private final boolean tty;

  /// @param input whether what is typed goes to the process
  /// @param tty whether the process has a terminal of its own
  Session(Invocation call, boolean input, boolean tty) {
    this.call = call;
    this.input = input;
    this.tty = tty;
  }

  /// Something that is done once the streams are joined.
  @FunctionalInterface
  interface Start {
    void run() throws IOException, DaemonException;
  }

  /// Copies until the process's output ends.
  ///
  /// @param resize where the window's size is told
  void run(Answer streams, Target resize, Start start) throws IOException, DaemonException {
    boolean raw = tty && input && call.terminal().inputIsTerminal();
    var ended = new AtomicBoolean();
    try (Tty _ = raw ? Tty.raw() : null) {
      if (input) {
        Thread.ofVirtual().name("stdin").start(() -> pump(streams.output()));
      } else {
        streams.output().close();
      }
      start.run();
      if (tty && call.terminal().outputIsTerminal()) {
        Thread.ofVirtual().name("window").start(() -> follow(resize, ended));
      }
      Output.copy(streams, call.out(), call.err());
    } finally {
      ended.set(true);
      call.terminal().flush();
    }
  }

  /// The end of what is typed is the end of the process's input; its output goes on.
  private void pump(OutputStream to) {
    InputStream in = call.terminal().in();
    var buffer = new byte[BUFFER];
    try (to) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        to.write(buffer, 0, n);
      }
    } catch (IOException _) {
      // the process has ended: nobody reads any more, and the output says how
    }
  }

  /// The JVM hears no SIGWINCH, so the size is looked at.
  private void follow(Target resize, AtomicBoolean ended) {
    Tty.@Nullable Size told = null;
    String path = resize.toString();
    try {
      while (!ended.get()) {
        Tty.Size size = Tty.size();
        if (!size.equals(told) && size.rows() > 0) {
          call.api().post(Target.of(path).with("h", size.rows()).with("w", size.columns()));
          told = size;
        }
        Thread.sleep(SIZE_MILLIS);
      }
    } catch (IOException | DaemonException _) {
      // a window of the wrong size is no reason to end
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
