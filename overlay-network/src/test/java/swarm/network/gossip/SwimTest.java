package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What no member can do to another, and what becomes of odd packets.
class SwimTest {
  private static final long NOW = 1_000;
  private final SimGossip sim = new SimGossip(1, 5, 0);
  private final SimGossip.Host judge = sim.host("m00");

  private void hears(String from, Update... updates) {
    sim.send(
        judge,
        judge.swim.receive(
            PacketCodec.encode(new Packet(from, List.of(), List.of(updates))), sim.now));
  }

  private Update.Accusation accusation(
      String subject, String observer, String signer, long serial) {
    long life = sim.now >= NOW ? NOW : 0; // every member's first incarnation in the simulation
    var bare = new Update.Accusation(subject, life, observer, serial, new byte[0]);
    return new Update.Accusation(
        subject, life, observer, serial, SimGossip.keys(signer).sign(bare.statement()));
  }

  @Test
  void oneMemberAloneMakesNobodyLookDead() {
    sim.run(3_000);
    for (int i = 0; i < 600; i++) {
      hears("m04", accusation("m01", "m04", "m04", 1_000_000 + i));
      sim.run(10);
      assertThat(sim.deaths()).isEmpty();
    }
  }

  @Test
  void nobodySignsForAnother() {
    sim.run(3_000);
    sim.host("m01").cut = true; // so that only refuting could save it
    hears("m04", accusation("m01", "m02", "m04", 1_000_000));
    assertThat(sim.opinion("m00", "m01").accusers()).isZero();
    var bare = new Update.Alive("m01", 5_000_000, new byte[0]);
    hears("m04", new Update.Alive("m01", 5_000_000, SimGossip.keys("m04").sign(bare.statement())));
    sim.until(3_000, s -> s.agree("m01", Standing.DEAD));
    hears("m04", new Update.Left("m02", 5_000_000, SimGossip.keys("m04").sign(bare.statement())));
    assertThat(sim.opinion("m00", "m02").standing()).isEqualTo(Standing.ALIVE);
  }

  @Test
  void anAccusationCannotBePlayedBack() {
    sim.run(3_000);
    Update.Accusation old = accusation("m01", "m02", "m02", 1_000_000);
    hears("m04", old);
    assertThat(sim.opinion("m00", "m01").standing()).isEqualTo(Standing.SUSPECT);
    sim.until(1_000, s -> s.agree("m01", Standing.ALIVE));
    hears("m04", old);
    assertThat(sim.opinion("m00", "m01").standing()).isEqualTo(Standing.ALIVE);
  }

  @Test
  void aPauseOfItsOwnIsNobodyElsesFault() {
    sim.run(3_000);
    judge.pausedUntil = sim.now + 5_000;
    sim.run(5_100);
    assertThat(judge.swim.opinions().values())
        .allSatisfy(opinion -> assertThat(opinion.standing()).isNotEqualTo(Standing.DEAD));
    assertThat(judge.swim.doubt()).isPositive();
    sim.until(5_000, SimGossip::allAlive);
  }

  @Test
  void strangersAreIgnored() {
    sim.run(3_000);
    hears("m99", accusation("m01", "m99", "m99", 1_000_000));
    assertThat(judge.swim.opinions()).doesNotContainKey("m99");
    assertThat(
            judge.swim.receive(
                PacketCodec.encode(new Packet("m99", List.of(new Message.Ping(1)), List.of())),
                sim.now))
        .isEmpty();
  }

  @Test
  void whoIsRemovedIsForgotten() {
    sim.run(3_000);
    judge.swim.members(List.of(SimGossip.member("m00"), SimGossip.member("m01")), sim.now);
    assertThat(judge.swim.opinions()).containsOnlyKeys("m01");
    sim.run(1_000);
    assertThat(judge.swim.opinions()).containsOnlyKeys("m01");
  }

  @Test
  void anyMemberMaySayAnything() {
    sim.run(3_000);
    var random = new Random(3);
    var ids = List.of("m00", "m01", "m02", "m03", "m04", "m99");
    for (int i = 0; i < 20_000; i++) {
      String any = ids.get(random.nextInt(ids.size()));
      String other = ids.get(random.nextInt(ids.size()));
      long number = random.nextBoolean() ? random.nextLong() : NOW + random.nextInt(10);
      Standing standing = List.of(Standing.values()).get(random.nextInt(4));
      Message message =
          switch (random.nextInt(5)) {
            case 0 -> new Message.Ping(number);
            case 1 -> new Message.PingRequest(number, any);
            case 2 -> new Message.Ack(number);
            case 3 -> new Message.Nack(number);
            default ->
                new Message.Digest(
                    random.nextBoolean(), List.of(new Message.Entry(any, number, standing)));
          };
      byte[] signature = SimGossip.keys(other).sign(new byte[0]);
      Update update =
          switch (random.nextInt(3)) {
            case 0 -> new Update.Alive(any, number, signature);
            case 1 -> new Update.Left(any, number, signature);
            default -> new Update.Accusation(any, number, other, number, signature);
          };
      var packet = new Packet("m04", List.of(message), List.of(update));
      sim.send(judge, judge.swim.receive(PacketCodec.encode(packet), sim.now));
      if (i % 100 == 0) {
        sim.step();
      }
    }
    sim.until(10_000, SimGossip::allAlive);
  }

  private static Notice notice(String subject, String signer, long serial, String... ended) {
    var bare = new Notice(subject, serial, List.of(ended), new byte[0]);
    return new Notice(
        subject, serial, List.of(ended), SimGossip.keys(signer).sign(bare.statement()));
  }

  private void hears(String from, Notice notice) {
    sim.send(
        judge,
        judge.swim.receive(
            PacketCodec.encode(new Packet(from, List.of(), List.of(), List.of(notice))), sim.now));
  }

  @Test
  void whatAMemberSaysOfItsEndpointsIsHeardByAll() {
    for (double loss : new double[] {0, 0.3}) {
      var lossy = new SimGossip(2, 20, loss);
      lossy.run(3_000);
      SimGossip.Host teller = lossy.host("m07");
      lossy.send(teller, teller.swim.tell(List.of("t1", "t2"), lossy.now));
      long took =
          lossy.until(
              5_000,
              s ->
                  s.hosts.values().stream()
                      .filter(host -> host != teller)
                      .allMatch(host -> List.of("t1", "t2").equals(host.swim.ended().get("m07"))));
      assertThat(took).isLessThan(loss == 0 ? 10 : 1_000);
    }
  }

  @Test
  void whoWasAwayHearsItLater() {
    sim.run(3_000);
    sim.host("m03").cut = true;
    sim.send(judge, judge.swim.tell(List.of("t1"), sim.now));
    sim.run(5_000);
    sim.host("m03").cut = false;
    sim.until(10_000, s -> List.of("t1").equals(s.host("m03").swim.ended().get("m00")));
  }

  @Test
  void nobodySpeaksForAnothersEndpointsOrPlaysOldWordsBack() {
    sim.run(100);
    hears("m04", notice("m01", "m04", 1_000_000, "t1"));
    assertThat(judge.swim.ended()).as("another's signature").isEmpty();
    hears("m04", notice("m77", "m77", 1_000_000, "t1"));
    assertThat(judge.swim.ended()).as("no member").isEmpty();
    hears("m04", notice("m00", "m00", 1_000_000, "t1"));
    assertThat(judge.swim.ended()).as("of itself").isEmpty();
    assertThat(judge.swim.takeNews()).isFalse();
    hears("m04", notice("m01", "m01", 1_000_001, "t1"));
    assertThat(judge.swim.takeNews()).isTrue();
    hears("m04", notice("m01", "m01", 1_000_000, "t0"));
    assertThat(judge.swim.ended()).containsOnlyKeys("m01").containsValue(List.of("t1"));
    assertThat(judge.swim.takeNews()).isFalse();
  }

  @Test
  void wordsBeyondWhatCanBeVerifiedAreDropped() {
    sim.run(100);
    for (int i = 0; i < 1_000; i++) {
      hears("m04", notice("m01", "m04", 1_000_000 + i, "t1"));
    }
    hears("m04", notice("m01", "m01", 1_000_000, "t1"));
    assertThat(judge.swim.ended()).as("too many before it").isEmpty();
    sim.run(50);
    hears("m04", notice("m01", "m01", 1_000_000, "t1"));
    assertThat(judge.swim.ended()).isNotEmpty();
  }
}
