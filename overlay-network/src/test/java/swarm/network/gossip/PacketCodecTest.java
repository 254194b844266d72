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

  private static final Packet WITH_NOTICES =
      new Packet(
          FULL.sender(),
          FULL.messages(),
          FULL.updates(),
          List.of(
              new Notice("m05", -13, List.of("task1", "ö"), new byte[] {3}),
              new Notice("m06", 14, List.of(), new byte[Update.MAX_SIGNATURE])));

  @Test
  void whatIsWrittenIsRead() {
    for (Packet each : List.of(FULL, WITH_NOTICES)) {
      byte[] bytes = PacketCodec.encode(each);

      assertThat(PacketCodec.decode(bytes))
          .hasValueSatisfying(
              packet -> {
                assertThat(packet).usingRecursiveComparison().isEqualTo(each);
                assertThat(PacketCodec.encode(packet)).isEqualTo(bytes);
              });
    }
  }

  @Test
  void olderBuildsReadWhateverHasNoNotices() {
    assertThat(PacketCodec.encode(FULL)[0]).isEqualTo((byte) 1);
    assertThat(PacketCodec.encode(WITH_NOTICES)[0]).isEqualTo((byte) 2);
  }

  @Test
  void theLargestNoticeFitsIntoAPacket() {
    String id = "x".repeat(Member.MAX_ID);
    List<String> short25 = Collections.nCopies(300, "t".repeat(25));
    for (List<String> ids : List.of(short25, Collections.nCopies(300, id))) {
      List<String> fitting = Notice.fitting(ids);
      assertThat(fitting).hasSizeGreaterThan(15);
      var notice = new Notice(id, 1, fitting, new byte[Update.MAX_SIGNATURE]);
      assertThat(
              PacketCodec.decode(
                  PacketCodec.encode(new Packet(id, List.of(), List.of(), List.of(notice)))))
          .isPresent();
    }
    assertThat(Notice.fitting(short25)).hasSize(42);
    assertThat(Notice.fitting(List.of("", id + "x", "a"))).containsExactly("a");
  }

  @Test
  void everyPartOfAPacketAndMoreThanAPacketIsNone() {
    byte[] bytes = PacketCodec.encode(WITH_NOTICES);
    for (int length = 0; length < bytes.length; length++) {
      assertThat(PacketCodec.decode(Arrays.copyOf(bytes, length))).as("%d bytes", length).isEmpty();
    }
    assertThat(PacketCodec.decode(Arrays.copyOf(bytes, bytes.length + 1))).isEmpty();
    assertThat(PacketCodec.decode(new byte[PacketCodec.MAX_BYTES + 1])).isEmpty();
  }

  @Test
  void noBytesThrow() {
    var random = new Random(1);
    byte[] good = PacketCodec.encode(WITH_NOTICES);
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes;
      if (i % 2 == 0) {
        bytes = new byte[random.nextInt(PacketCodec.MAX_BYTES + 10)];
        random.nextBytes(bytes);
        if (bytes.length > 0) {
          bytes[0] = (byte) (1 + i / 2 % 2);
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
