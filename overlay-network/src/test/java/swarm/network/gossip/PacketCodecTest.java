package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketCodecTest {
  private static final Packet FULL =
      new Packet(
          "m00",
          List.of(
              new Message.Ping(1),
              new Message.PingRequest(-2, "m01"),
              new Message.Ack(Long.MIN_VALUE),
              new Message.Nack(4),
              new Message.Digest(
                  true,
                  List.of(
                      new Message.Entry("ä", 5, Standing.ALIVE),
                      new Message.Entry("m02", 6, Standing.SUSPECT),
                      new Message.Entry("m03", 7, Standing.DEAD),
                      new Message.Entry("m04", -8, Standing.LEFT)))),
          List.of(
              new Update.Alive("m01", 9, new byte[] {1, 2}),
              new Update.Left("m02", 10, new byte[0]),
              new Update.Accusation("m03", 11, "m04", 12, new byte[Update.MAX_SIGNATURE])));

  @Test
  void whatIsWrittenIsRead() {
    byte[] bytes = PacketCodec.encode(FULL);

    assertThat(PacketCodec.decode(bytes))
        .hasValueSatisfying(
            packet -> {
              assertThat(packet).usingRecursiveComparison().isEqualTo(FULL);
              assertThat(PacketCodec.encode(packet)).isEqualTo(bytes);
            });
  }

  @Test
  void everyPartOfAPacketAndMoreThanAPacketIsNone() {
    byte[] bytes = PacketCodec.encode(FULL);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(PacketCodec.decode(Arrays.copyOf(bytes, length))).as("%d bytes", length).isEmpty();
    }
    assertThat(PacketCodec.decode(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
    assertThat(PacketCodec.decode(new byte[PacketCodec.MAX_BYTES + 1])).isEmpty();
  }

  @Test
  void noBytesThrow() {
    var random = new Random(1);
    byte[] good = PacketCodec.encode(FULL);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes;
      if (i % 2 == 0) {
        bytes = new byte[random.nextInt(PacketCodec.MAX_BYTES + 10)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
          bytes[0] = 1;
        }
      } else {
        bytes = good.clone();
        for (int flips = random.nextInt(4); flips >= 0; flips--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      PacketCodec.decode(bytes)
          .ifPresent(packet -> assertThat(PacketCodec.encode(packet)).hasSize(bytes.length));
    }
  }

  @Test
  void whatIsTooLargeIsNotWritten() {
    var many = Collections.<Message>nCopies(150, new Message.Ping(1));

    assertThatThrownBy(() -> PacketCodec.encode(new Packet("m", many, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most " + PacketCodec.MAX_BYTES);
  }
}
