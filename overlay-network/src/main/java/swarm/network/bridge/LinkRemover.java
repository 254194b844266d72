package swarm.network.bridge;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import swarm.network.netlink.Links;
import swarm.network.netlink.Request;
import swarm.network.netlink.RouteClient;

/// Removes links, those of simultaneous callers together: the kernel takes some 16 ms for one link,
/// in which no other link can be changed, but hardly more for a hundred that it removes at once.
/// Thread-safe.
public final class LinkRemover {
  /// A number that nobody else is likely to use for a group of links.
  private static final int GROUP = 0x5377524d;

  private final RouteClient routes;
  private final ConcurrentLinkedQueue<Removal> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock turn = new ReentrantLock();

  public LinkRemover(RouteClient routes) {
    this.routes = routes;
  }

  private record Removal(List<String> names, CompletableFuture<Boolean> done) {}

  /// Removes the links and returns when they are gone; those that are gone already are no error.
  public void remove(List<String> names) throws IOException {
    var mine = new Removal(names, new CompletableFuture<>());
    waiting.add(mine);
    turn.lock();
    try {
      if (!mine.done().isDone()) {
        removeAllWaiting();
      }
    } finally {
      turn.unlock();
    }
    try {
      mine.done().join();
    } catch (CompletionException e) {
      throw new IOException("links " + names + " could not be removed: " + e.getCause(), e);
    }
  }

  private void removeAllWaiting() {
    var batch = new ArrayList<Removal>();
    for (Removal next = waiting.poll(); next != null; next = waiting.poll()) {
      batch.add(next);
    }
    var requests = new ArrayList<Request>();
    for (Removal removal : batch) {
      removal.names().forEach(name -> requests.add(Links.setGroup(name, GROUP)));
    }
    requests.add(Links.deleteGroup(GROUP));
    try {
      routes.execute(requests);
      batch.forEach(removal -> removal.done().complete(true));
    } catch (IOException e) {
      batch.forEach(removal -> removal.done().completeExceptionally(e));
    } catch (RuntimeException | Error e) {
      batch.forEach(removal -> removal.done().completeExceptionally(e));
      throw e;
    }
  }
}
