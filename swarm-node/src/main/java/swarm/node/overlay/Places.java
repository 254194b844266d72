package swarm.node.overlay;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.networks.NetworkException;

/// Gets places on networks from managers, and gives them up: by a thread of its own, again with
/// growing pauses while no manager can be told. Thread-safe.
final class Places implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Places.class);
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LAST_PAUSE_MILLIS = 5_000;

  private final Supplier<List<String>> needed;
  private final Thread thread = Thread.ofVirtual().name("overlay-places").unstarted(this::run);

  /// Held while a place is asked for and noted, or others are given up: what is being asked for is
  /// not given up.
  private final ReentrantLock asking = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  // guarded by lock
  private @Nullable Attacher attacher;
  private boolean givenUp;

  /// Notes a place.
  @FunctionalInterface
  interface Noting {
    void note(Attacher.Attached place) throws IOException;
  }

  /// @param needed the ids of the places that containers still need
  Places(Supplier<List<String>> needed) {
    this.needed = needed;
    thread.start();
  }

  /// Who asks managers; null while this node is in no cluster.
  void askBy(@Nullable Attacher next) {
    lock.lock();
    try {
      attacher = next;
      givenUp = next != null; // an earlier daemon may have died with places that nobody needs
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Some are not needed any more; does not wait.
  void giveUp() {
    lock.lock();
    try {
      givenUp = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Gets a place.
  ///
  /// @param noting from then on it is needed
  /// @throws NetworkException why managers refuse it
  Attacher.Attached ask(Attacher.Wish wish, Noting noting) throws NetworkException, IOException {
    asking.lock();
    try {
      Attacher now = attacher();
      if (now == null) {
        throw new NetworkException(404, "network " + wish.network() + " not found");
      }
      Attacher.Attached place = now.attach(wish);
      try {
        noting.note(place);
      } catch (IOException e) {
        giveUp();
        throw e;
      }
      return place;
    } finally {
      asking.unlock();
    }
  }

  private @Nullable Attacher attacher() {
    lock.lock();
    try {
      return attacher;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    long pause = FIRST_PAUSE_MILLIS;
    try {
      while (true) {
        if (tell(await())) {
          pause = FIRST_PAUSE_MILLIS;
        } else {
          Thread.sleep(pause);
          pause = Math.min(pause * 2, LAST_PAUSE_MILLIS);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private Attacher await() throws InterruptedException {
    lock.lock();
    try {
      while (!givenUp || attacher == null) {
        news.await();
      }
      givenUp = false;
      return attacher;
    } finally {
      lock.unlock();
    }
  }

  /// @return whether a manager knows which are needed
  private boolean tell(Attacher now) {
    asking.lock();
    try {
      now.keep(needed.get());
      return true;
    } catch (IOException e) {
      LOG.debug("places on networks are given up later: {}", e.getMessage());
      giveUp();
      return false;
    } finally {
      asking.unlock();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
