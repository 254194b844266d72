package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Members that send nearly right packets, as one with a bug or with bad intent could: it has the
/// key that seals, and its own key that signs.
class SwimFuzzTest {
  private static final int ROUNDS = 20_000;
  private static final int MOST_ANSWERS = 64;

  private static List<byte[]> packets() {
    var accusation = new Update.Accusation("m01", 1_000, "m04", 9, new byte[0]);
    var left = new Update.Left("m04", 1_000, new byte[0]);
    var notice = new Notice("m04", 3, List.of("t1", "t2"), new byte[0]);
    return List.of(
        PacketCodec.encode(
            new Packet(
                "m04",
                List.of(
                    new Message.Ping(1),
                    new Message.PingRequest(2, "m01"),
                    new Message.Ack(3),
                    new Message.Nack(4)),
                List.of())),
        PacketCodec.encode(
            new Packet(
                "m04",
                List.of(
                    new Message.Digest(
                        true,
                        List.of(
                            new Message.Entry("m01", 1_000, Standing.SUSPECT),
                            new Message.Entry("m02", 1_000, Standing.DEAD),
                            new Message.Entry("m03", 9_999, Standing.LEFT)))),
                List.of(
                    new Update.Accusation(
                        "m01", 1_000, "m04", 9, SimGossip.keys("m04").sign(accusation.statement())),
                    new Update.Alive("m02", 5_000, new byte[] {1}),
                    new Update.Left("m04", 1_000, SimGossip.keys("m04").sign(left.statement()))))),
        PacketCodec.encode(
            new Packet(
                "m04",
                List.of(),
                List.of(),
                List.of(
                    new Notice(
                        "m04",
                        3,
                        List.of("t1", "t2"),
                        SimGossip.keys("m04").sign(notice.statement()))))));
  }

  @Test
  void whateverOneMemberSendsNobodyElseLooksDeadAndNothingGrows() {
    var sim = new SimGossip(1, 5, 0);
    SimGossip.Host judge = sim.host("m00");
    sim.run(3_000);
    var random = new Random(7);
    var good = new ArrayList<>(packets());
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = good.get(random.nextInt(good.size())).clone();
      for (int flips = random.nextInt(5); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      List<Swim.Delivery> answers = judge.swim.receive(bytes, sim.now);
      assertThat(answers).as("answers to one packet").hasSizeLessThan(MOST_ANSWERS);
      for (Swim.Delivery answer : answers) {
        assertThat(answer.packet()).hasSizeLessThanOrEqualTo(PacketCodec.MAX_BYTES);
      }
      if (round % 20 == 0) {
        sim.run(10);
      }
    }
    assertThat(judge.swim.opinions().keySet()).isSubsetOf("m01", "m02", "m03", "m04");
    for (String other : List.of("m01", "m02", "m03")) {
      assertThat(sim.opinion("m00", other).standing()).as(other).isNotEqualTo(Standing.DEAD);
    }
    sim.until(
        10_000,
        s ->
            List.of("m01", "m02", "m03").stream()
                .allMatch(m -> s.opinion("m00", m).standing() == Standing.ALIVE));
  }
}
