package swarm.node.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import swarm.node.networks.NetworkException;
import swarm.node.testing.Await;

class PlacesTest {
  private static final Attacher.Wish WISH =
      new Attacher.Wish("front", "c1", "box", List.of(), Optional.empty());

  private final List<String> needed = new CopyOnWriteArrayList<>();
  private final Places places = new Places(() -> List.copyOf(needed));

  @AfterEach
  void end() {
    places.close();
  }

  /// Managers that give whatever is asked for, and are away at first.
  private static final class Managers implements Attacher {
    private final List<List<String>> kept = new CopyOnWriteArrayList<>();
    private final AtomicInteger away;

    Managers(int away) {
      this.away = new AtomicInteger(away);
    }

    @Override
    public Attached attach(Wish wish) {
      return new Attached("a1", "w1", Inet4Address.ofLiteral("10.1.0.2"));
    }

    @Override
    public void keep(List<String> attachmentIds) throws IOException {
      if (away.getAndDecrement() > 0) {
        throw new IOException("no manager is known");
      }
      kept.add(List.copyOf(attachmentIds));
    }
  }

  @Test
  void withoutAClusterThereIsNoSuchNetwork() {
    assertThatThrownBy(() -> places.ask(WISH, _ -> {}))
        .isInstanceOfSatisfying(NetworkException.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @Test
  void whatIsNeededIsToldFirstAndWheneverSomethingIsGivenUp() throws Exception {
    needed.add("a0");
    var managers = new Managers(2);
    places.askBy(managers);
    Await.until("it is told when managers are there again", () -> managers.kept.size() == 1);
    assertThat(places.ask(WISH, place -> needed.add(place.attachmentId())).networkId())
        .isEqualTo("w1");
    assertThat(managers.kept).as("nothing was given up").containsExactly(List.of("a0"));
    needed.remove("a0");
    places.giveUp();
    Await.until("it is told", () -> managers.kept.size() == 2);
    assertThat(managers.kept.getLast()).containsExactly("a1");
  }

  @Test
  void aPlaceThatCannotBeNotedIsGivenUp() throws Exception {
    var managers = new Managers(0);
    places.askBy(managers);
    Await.until("it is told", () -> managers.kept.size() == 1);
    assertThatThrownBy(
            () ->
                places.ask(
                    WISH,
                    _ -> {
                      throw new IOException("the container is gone");
                    }))
        .hasMessage("the container is gone");
    Await.until("it is told", () -> managers.kept.size() == 2);
  }
}
