package swarm.node.overlay;

import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.scheduler.model.Wire;

/// What managers said last of the cluster's networks, on disk: a daemon that starts while it
/// reaches none of them answers its containers' questions by it. Written a second after something
/// changed, what changed meanwhile with it. Thread-safe.
final class NetworkFile implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NetworkFile.class);
  private static final long REST_MILLIS = 1_000;

  private final Path file;
  private final Thread thread = Thread.ofVirtual().name("overlay-file").unstarted(this::run);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private @Nullable Kept latest; // guarded by lock

  /// @param underlay this host's address towards the others
  record Kept(String underlay, List<ClusterNetwork> networks) {
    static Kept of(SortedMap<String, ClusterNetwork> networks, Inet4Address underlay) {
      return new Kept(underlay.getHostAddress(), new ArrayList<>(networks.values()));
    }

    SortedMap<String, ClusterNetwork> byId() {
      var all = new TreeMap<String, ClusterNetwork>();
      networks.forEach(network -> all.put(network.id(), network));
      return Collections.unmodifiableSortedMap(all);
    }
  }

  NetworkFile(Path file) {
    this.file = file;
    thread.start();
  }

  /// What there is; null where there is nothing that can be read.
  @Nullable Kept load() {
    try {
      return Wire.CBOR.readValue(Files.readAllBytes(file), Kept.class);
    } catch (NoSuchFileException _) {
      return null;
    } catch (IOException e) {
      LOG.warn("{} cannot be read, managers will say it again: {}", file, e.getMessage());
      return null;
    }
  }

  /// Writes it soon.
  void keep(Kept next) {
    lock.lock();
    try {
      latest = next;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Kept written = null;
    try {
      while (true) {
        written = await(written);
        write(written);
        Thread.sleep(REST_MILLIS);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  private Kept await(@Nullable Kept written) throws InterruptedException {
    lock.lock();
    try {
      while (latest == null || latest.equals(written)) {
        news.await();
      }
      return latest;
    } finally {
      lock.unlock();
    }
  }

  private void write(Kept kept) {
    try {
      Path next = file.resolveSibling(file.getFileName() + ".new");
      Files.write(next, Wire.CBOR.writeValueAsBytes(kept));
      var _ =
          Files.move(
              next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("{} cannot be written; it will be with the next change: {}", file, e.getMessage());
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(1_000);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    Kept last = latest();
    if (last != null) {
      write(last);
    }
  }

  private @Nullable Kept latest() {
    lock.lock();
    try {
      return latest;
    } finally {
      lock.unlock();
    }
  }
}
