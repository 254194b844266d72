package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The machine on real sockets, with real keys, on 127.0.0.1.
class GossipTest {
  private final List<Gossip> all = new ArrayList<>();

  @AfterEach
  void close() {
    all.forEach(Gossip::close);
  }

  private void start(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      all.add(Gossip.open(InetAddress.getLoopbackAddress(), 0, "m" + i, () -> true));
    }
    var members = new ArrayList<Member>();
    for (int i = 0; i < count; i++) {
      members.add(new Member("m" + i, "127.0.0.1", all.get(i).port(), all.get(i).publicKey()));
    }
    var view = new Gossip.View(members, List.of(new PacketSeal.Key(1, new byte[32], true)));
    all.forEach(gossip -> gossip.view(view));
  }

  private boolean agree(String about, Standing standing, int... observers) {
    for (int observer : observers) {
      Opinion opinion = all.get(observer).opinions().get(about);
      if (opinion == null || opinion.standing() != standing) {
        return false;
      }
    }
    return true;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private boolean heard(int observer, String about) {
    Opinion opinion = all.get(observer).opinions().get(about);
    return opinion != null && opinion.contact() != Opinion.NEVER;
  }

  @Test
  void whoFallsSilentIsFoundAndWhoSaysGoodbyeHasLeft() throws Exception {
    start(4);
    await(
        "everybody has heard everybody", () -> heard(0, "m3") && heard(1, "m3") && heard(2, "m3"));
    all.get(3).close();
    await("m3 is dead", () -> agree("m3", Standing.DEAD, 0, 1, 2));
    all.get(2).leave();
    await("m2 has left", () -> agree("m2", Standing.LEFT, 0, 1));
    assertThat(agree("m1", Standing.ALIVE, 0)).isTrue();
  }

  @Test
  void whatAMemberSaysOfItsEndpointsComesWithoutBeingAskedFor() throws Exception {
    start(3);
    await("everybody has heard everybody", () -> heard(0, "m2") && heard(1, "m2"));
    var news = new Semaphore(0);
    all.getFirst().onNews(news::release);
    all.get(2).tell(List.of("t1"));
    await("the news", () -> all.getFirst().ended().containsKey("m2"));
    assertThat(news.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    assertThat(all.getFirst().ended().get("m2")).containsExactly("t1");
    all.get(2).tell(List.of("t2", "t1"));
    await(
        "more of it on all",
        () ->
            List.of("t2", "t1").equals(all.getFirst().ended().get("m2"))
                && List.of("t2", "t1").equals(all.get(1).ended().get("m2")));
    news.drainPermits();
    all.get(1).close();
    assertThat(news.tryAcquire(30, TimeUnit.SECONDS)).as("somebody looks otherwise").isTrue();
  }

  @Test
  void aTakenPortIsNoHindrance() throws Exception {
    start(1);
    try (Gossip second =
        Gossip.open(InetAddress.getLoopbackAddress(), all.getFirst().port(), "m1", () -> false)) {
      assertThat(second.port()).isNotEqualTo(all.getFirst().port());
      assertThat(second.opinions()).isEmpty();
    }
  }

  @Test
  void keysThatAreNoneVerifyNothing() {
    var keys = new NodeKeys();
    byte[] statement = {1, 2, 3};
    byte[] signature = keys.sign(statement);
    assertThat(signature.length).isLessThanOrEqualTo(Update.MAX_SIGNATURE);
    var member = new Member("m", "192.0.2.1", 1, keys.publicKey());
    assertThat(keys.verify(member, statement, signature)).isTrue();
    assertThat(keys.verify(member, new byte[] {1, 2, 4}, signature)).isFalse();
    assertThat(keys.verify(member, statement, new byte[5])).isFalse();
    assertThat(keys.verify(member, statement, new byte[0])).isFalse();
    for (String bad : List.of("", "not base64!", "AAAA", new NodeKeys().publicKey())) {
      assertThat(keys.verify(new Member("m", "192.0.2.1", 1, bad), statement, signature)).isFalse();
    }
  }
}
