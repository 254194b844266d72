package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import swarm.node.testing.Await;
import swarm.node.testing.Formed;
import swarm.scheduler.model.ServiceSpec;
import swarm.scheduler.state.Change;
import swarm.scheduler.state.Command;
import swarm.scheduler.state.StateCodec;

/// What of the log is news.
@Timeout(60)
class NewsTest {
  private final Store store = new Store();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private long index;

  private void apply(Command command) {
    store.apply(++index, 1, StateCodec.encode(command));
  }

  private void service(String id) {
    apply(new Command.CreateService(id, spec(id), Instant.EPOCH));
  }

  private static ServiceSpec spec(String name) {
    return new ServiceSpec(name, null, null, null, null, null, null, null, null);
  }

  private void hear(Object state, List<Change> changes) {
    for (Change change : changes) {
      if (change instanceof Change.OfService s && s.before() == null && s.after() != null) {
        heard.add(s.after().id());
      }
    }
  }

  @Test
  void whatIsAppliedBeforeTheManagerHasCaughtUpIsNone() throws Exception {
    var caughtUp = new CompletableFuture<Boolean>();
    var asked = new AtomicInteger();
    try (var _ =
        new News(
            store,
            this::hear,
            () -> {
              if (asked.incrementAndGet() == 1) {
                return false; // nobody answers at first
              }
              return caughtUp.join();
            },
            false)) {
      apply(Formed.at(Instant.EPOCH));
      service("old");
      Await.until("it asked again", () -> asked.get() == 2);
      caughtUp.complete(true);
      Await.until(
          "something is heard",
          () -> {
            service("new" + index);
            return !heard.isEmpty();
          });
      assertThat(heard).doesNotContain("old").doesNotHaveDuplicates();
    }
  }

  @Test
  void aNewClusterIsHeardFromItsBeginningInTheLogsOrder() throws Exception {
    try (var _ = new News(store, this::hear, () -> false, true)) {
      apply(Formed.at(Instant.EPOCH));
      service("a");
      service("b");
      assertThat(heard).containsExactly("a", "b");
    }
  }

  @Test
  void aSnapshotIsNone() throws Exception {
    var other = new Store();
    other.apply(1, 1, StateCodec.encode(Formed.at(Instant.EPOCH)));
    other.apply(2, 1, StateCodec.encode(new Command.CreateService("s", spec("s"), Instant.EPOCH)));
    var snapshot = new ByteArrayOutputStream();
    other.snapshot().write(snapshot);
    try (var _ = new News(store, this::hear, () -> false, true)) {
      store.restore(new ByteArrayInputStream(snapshot.toByteArray()));
      assertThat(store.state().services()).hasSize(1);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void nothingIsHeardAfterItsEnd() throws Exception {
    var asked = new CountDownLatch(1);
    var caughtUp = new CompletableFuture<Boolean>();
    var waiting =
        new News(
            store,
            this::hear,
            () -> {
              asked.countDown();
              return caughtUp.join();
            },
            false);
    asked.await();
    waiting.close();
    caughtUp.complete(true);
    var watching = new News(store, this::hear, () -> true, true);
    watching.close();
    apply(Formed.at(Instant.EPOCH));
    service("late");
    assertThat(heard).isEmpty();
  }
}
