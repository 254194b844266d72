package swarm.runtime.container;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads once a second what containers use that somebody watches: each once, however many watch.
/// While nobody does, nothing runs. Thread-safe.
final class StatsFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatsFeed.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);

  /// Reads a container.
  @FunctionalInterface
  interface Source {
    /// @return empty where it does not run
    Optional<ContainerStats> read(ManagedContainer container) throws IOException;
  }

  private final Source source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Topic> topics = new HashMap<>();
  private @Nullable Thread reader;
  private boolean closed;

  StatsFeed(Source source) {
    this.source = source;
  }

  /// One container that is watched. Guarded by the lock.
  private static final class Topic {
    final ManagedContainer container;
    int watchers;
    long reads;
    Optional<ContainerStats> latest = Optional.empty();

    Topic(ManagedContainer container) {
      this.container = container;
    }
  }

  /// Begins to watch; the first value is read at once where nobody watched before.
  StatsWatch watch(ManagedContainer container) {
    lock.lock();
    try {
      Topic topic = topics.computeIfAbsent(container.id(), _ -> new Topic(container));
      topic.watchers++;
      if (reader == null) {
        reader = Thread.ofVirtual().name("container-stats").start(this::run);
      }
      return new Watch(topic);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      for (List<Topic> wanted = wanted(); !wanted.isEmpty(); wanted = wanted()) {
        long begin = System.nanoTime();
        for (Topic topic : wanted) {
          Optional<ContainerStats> now = read(topic.container);
          lock.lock();
          try {
            topic.latest = now;
            topic.reads++;
            changed.signalAll();
          } finally {
            lock.unlock();
          }
        }
        Duration left = PERIOD.minusNanos(System.nanoTime() - begin);
        Thread.sleep(left.isNegative() ? Duration.ofMillis(1) : left);
      }
    } catch (InterruptedException e) {
      return; // the engine closes
    }
  }

  /// What is to be read; where it is nothing the reader ends, and the next watcher begins another.
  private List<Topic> wanted() {
    lock.lock();
    try {
      if (closed || topics.isEmpty()) {
        reader = null;
        return List.of();
      }
      return List.copyOf(topics.values());
    } finally {
      lock.unlock();
    }
  }

  private Optional<ContainerStats> read(ManagedContainer container) {
    try {
      return source.read(container);
    } catch (IOException e) {
      LOG.debug("container {} ended while it was looked at", container.id(), e);
      return Optional.empty();
    }
  }

  /// One watcher's place.
  private final class Watch implements StatsWatch {
    private final Topic topic;
    private long seen;
    private boolean left;

    Watch(Topic topic) {
      this.topic = topic;
      this.seen = topic.reads;
    }

    @Override
    public Optional<Sample> next() throws InterruptedException {
      lock.lock();
      try {
        while (!left && !closed && !topic.container.isRemoved && topic.reads == seen) {
          changed.await();
        }
        if (left || closed || topic.container.isRemoved) {
          return Optional.empty();
        }
        seen = topic.reads;
        return Optional.of(new Sample(topic.latest));
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      lock.lock();
      try {
        if (!left) {
          left = true;
          topic.watchers--;
          if (topic.watchers == 0) {
            topics.remove(topic.container.id());
          }
          changed.signalAll();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      Thread running = reader;
      if (running != null) {
        running.interrupt();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
