package swarm.runtime.container;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands events to subscribers in the order in which they happened, each subscriber on a virtual
/// thread of its own. One that falls too far behind is dropped, loudly, rather than holding the
/// engine up. Thread-safe.
final class EventBus implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventBus.class);
  private static final int QUEUE = 16_384;

  private final ReentrantLock order = new ReentrantLock();
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();

  private final class Subscriber implements Subscription {
    private final BlockingQueue<EngineEvent> queue = new LinkedBlockingQueue<>(QUEUE);
    private final Consumer<EngineEvent> consumer;
    private final Thread thread;

    Subscriber(Consumer<EngineEvent> consumer) {
      this.consumer = consumer;
      this.thread = Thread.ofVirtual().name("container-events").unstarted(this::deliver);
    }

    private void deliver() {
      try {
        while (true) {
          EngineEvent event = queue.take();
          try {
            consumer.accept(event);
          } catch (RuntimeException e) {
            LOG.error("a subscriber failed on {}", described(event), e);
          }
        }
      } catch (InterruptedException e) {
        // Closed.
      }
    }

    private static String described(EngineEvent event) {
      return switch (event) {
        case ContainerEvent e -> e.action() + " of " + e.container().id();
        case EngineEvent.OfVolume v -> v.event().action() + " of volume " + v.event().name();
      };
    }

    @Override
    public void close() {
      subscribers.remove(this);
      thread.interrupt();
    }
  }

  Subscription subscribe(Consumer<EngineEvent> consumer) {
    var subscriber = new Subscriber(consumer);
    subscribers.add(subscriber);
    subscriber.thread.start();
    return subscriber;
  }

  Subscription subscribeToContainers(Consumer<ContainerEvent> consumer) {
    return subscribe(
        event -> {
          if (event instanceof ContainerEvent e) {
            consumer.accept(e);
          }
        });
  }

  void publish(EngineEvent event) {
    order.lock();
    try {
      for (Subscriber subscriber : subscribers) {
        if (!subscriber.queue.offer(event)) {
          LOG.error("a subscriber is {} events behind and gets no more", QUEUE);
          subscriber.close();
        }
      }
    } finally {
      order.unlock();
    }
  }

  @Override
  public void close() {
    subscribers.forEach(Subscriber::close);
  }
}
