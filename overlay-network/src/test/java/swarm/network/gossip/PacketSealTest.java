package swarm.network.gossip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PacketSealTest {
  private static final byte[] PACKET = "a packet".getBytes(StandardCharsets.UTF_8);

  private static PacketSeal.Key key(int id, boolean sends) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) id);
    return new PacketSeal.Key(id, bytes, sends);
  }

  private static PacketSeal seal(PacketSeal.Key... keys) {
    var seal = new PacketSeal(new SecureRandom());
    seal.use(List.of(keys));
    return seal;
  }

  @Test
  void membersOpenWhatMembersSealed() {
    PacketSeal a = seal(key(1, true));
    PacketSeal b = seal(key(1, true));
    for (int i = 0; i < 3; i++) {
      byte[] datagram = a.seal(PACKET).orElseThrow();
      assertThat(datagram).hasSize(PACKET.length + PacketSeal.OVERHEAD);
      assertThat(b.open(datagram)).hasValue(PACKET);
    }
  }

  @Test
  void theSamePacketNeverLooksTheSame() {
    PacketSeal a = seal(key(1, true));

    assertThat(a.seal(PACKET).orElseThrow()).isNotEqualTo(a.seal(PACKET).orElseThrow());
    assertThat(a.seal(PACKET).orElseThrow())
        .isNotEqualTo(seal(key(1, true)).seal(PACKET).orElseThrow());
  }

  @Test
  void keysAreReplacedWithNobodyNoticing() {
    PacketSeal a = seal(key(1, true));
    PacketSeal b = seal(key(1, true));
    a.use(List.of(key(1, true), key(2, false)));
    assertThat(b.open(a.seal(PACKET).orElseThrow())).hasValue(PACKET);
    b.use(List.of(key(1, true), key(2, false)));
    a.use(List.of(key(1, false), key(2, true)));
    assertThat(b.open(a.seal(PACKET).orElseThrow())).hasValue(PACKET);
    assertThat(a.open(b.seal(PACKET).orElseThrow())).hasValue(PACKET);
    byte[] old = b.seal(PACKET).orElseThrow();
    a.use(List.of(key(2, true)));
    assertThat(a.open(old)).isEmpty();
  }

  @Test
  void nothingElseOpens() {
    PacketSeal a = seal(key(1, true));
    byte[] datagram = a.seal(PACKET).orElseThrow();
    for (int i = 0; i < datagram.length; i++) {
      byte[] changed = datagram.clone();
      changed[i] ^= 1;
      assertThat(a.open(changed)).as("byte %d", i).isEmpty();
      assertThat(a.open(Arrays.copyOf(datagram, i))).as("%d bytes", i).isEmpty();
    }
    assertThat(seal(key(2, true)).open(datagram)).isEmpty();
    assertThat(a.open(new byte[70_000])).isEmpty();
    assertThat(seal().seal(PACKET)).isEqualTo(Optional.empty());
    assertThat(key(7, true).toString()).isEqualTo("Key[7, sends]");
  }
}
