package swarm.node;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import swarm.node.membership.Membership;
import swarm.node.membership.MembershipException;

/// Looks every few seconds whether this host still has the address that the cluster knows it by.
final class AddressWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final Membership membership;
  private final Consumer<Throwable> onFatal;
  private final Thread thread;

  AddressWatch(Membership membership, Consumer<Throwable> onFatal) {
    this.membership = membership;
    this.onFatal = onFatal;
    thread = Thread.ofVirtual().name("address-watch").start(this::run);
  }

  private void run() {
    try {
      while (true) {
        Thread.sleep(PERIOD);
        membership.followAddress();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // the daemon stops
    } catch (IOException | MembershipException | RuntimeException e) {
      // half moved is nowhere: the service manager starts it anew, and that begins from the disk
      LOG.error("this node could not begin again at its new address", e);
      onFatal.accept(e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
