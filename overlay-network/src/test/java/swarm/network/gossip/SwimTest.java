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
}
