package swarm.node.control;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/// Asks a host whether it is there: by connecting, several times shortly after one another, as one
/// lost packet would cost the kernel a second.
final class HostProbe {
  private static final int TRIES = 4;
  private static final long EVERY_MILLIS = 70;

  /// A host on the same network that answers none of them within this time counts as silent once.
  private static final long LIMIT_MILLIS = 320;

  private HostProbe() {}

  /// Blocks for at most the limit.
  static Liveness.Probe ask(String address, int port) {
    var channels = new ArrayList<SocketChannel>();
    try (Selector selector = Selector.open()) {
      long start = System.nanoTime();
      while (true) {
        long elapsed = (System.nanoTime() - start) / 1_000_000;
        if (elapsed >= LIMIT_MILLIS) {
          return Liveness.Probe.SILENT;
        }
        if (channels.size() < TRIES && elapsed >= channels.size() * EVERY_MILLIS) {
          SocketChannel channel = SocketChannel.open();
          channels.add(channel);
          channel.configureBlocking(false);
          if (channel.connect(new InetSocketAddress(address, port))) {
            return Liveness.Probe.ANSWERED;
          }
          channel.register(selector, SelectionKey.OP_CONNECT, channel);
        }
        long until = channels.size() < TRIES ? channels.size() * EVERY_MILLIS : LIMIT_MILLIS;
        selector.select(Math.max(1, until - elapsed));
        for (SelectionKey key : List.copyOf(selector.selectedKeys())) {
          if (key.attachment() instanceof SocketChannel channel && channel.finishConnect()) {
            return Liveness.Probe.ANSWERED;
          }
        }
        selector.selectedKeys().clear();
      }
    } catch (ConnectException e) {
      String text = String.valueOf(e.getMessage());
      return text.contains("refused") ? Liveness.Probe.REFUSED : Liveness.Probe.SILENT;
    } catch (IOException | IllegalArgumentException _) {
      return Liveness.Probe.SILENT; // no route, or an address that is none
    } finally {
      channels.forEach(HostProbe::close);
    }
  }

  private static void close(SocketChannel channel) {
    try (channel) {
      channel.isOpen();
    } catch (IOException _) {
      // it was only a question
    }
  }
}
