package swarm.node.rpc;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// Asks a host whether it is there: by connecting, several times shortly after one another, as one
/// lost packet would cost the kernel a second.
public final class HostProbe {
  /// What a host said.
  public enum Answer {
    ANSWERED,
    /// Nobody listens there, but the host says so.
    REFUSED,
    SILENT
  }

  private static final int TRIES = 4;
  private static final int EVERY_MILLIS = 70;

  /// A host on the same network that answers none of them within this time counts as silent once.
  private static final int LIMIT_MILLIS = 320;

  private HostProbe() {}

  /// Blocks for at most the limit.
  public static Answer ask(String address, int port) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
    var answers = new ArrayBlockingQueue<Answer>(TRIES);
    var tries = new ArrayList<Thread>();
    try {
      for (int i = 0; i < TRIES; i++) {
        int limit = LIMIT_MILLIS - i * EVERY_MILLIS;
        tries.add(Thread.ofVirtual().start(() -> answers.add(connect(address, port, limit))));
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(EVERY_MILLIS);
        Answer answer = await(answers, i < TRIES - 1 ? until : end);
        if (answer != Answer.SILENT) {
          return answer;
        }
      }
      return Answer.SILENT;
    } finally {
      tries.forEach(Thread::interrupt); // closes what is still connecting
    }
  }

  /// The first answer that is one, or silence until then.
  private static Answer await(BlockingQueue<Answer> answers, long until)
      throws InterruptedException {
    while (true) {
      Answer answer = answers.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (answer == null) {
        return Answer.SILENT;
      }
      if (answer != Answer.SILENT) {
        return answer;
      }
    }
  }

  private static Answer connect(String address, int port, int limitMillis) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), limitMillis);
      return Answer.ANSWERED;
    } catch (ConnectException e) {
      String text = String.valueOf(e.getMessage());
      return text.contains("refused") ? Answer.REFUSED : Answer.SILENT;
    } catch (IOException | IllegalArgumentException _) {
      return Answer.SILENT; // timed out, no route, or an address that is none
    }
  }
}
