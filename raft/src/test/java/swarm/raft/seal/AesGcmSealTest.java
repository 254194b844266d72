package swarm.raft.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class AesGcmSealTest {
  private static final byte[] OLD = new byte[32];
  private static final byte[] NEW = new byte[32];
  private static final byte[] SECRET = "hunter2 hunter2".getBytes(StandardCharsets.UTF_8);

  static {
    Arrays.fill(NEW, (byte) 7);
  }

  @Test
  void opensWhatItSealed() throws Exception {
    AesGcmSeal seal = AesGcmSeal.of(NEW);
    assertThat(seal.open(seal.seal(SECRET))).isEqualTo(SECRET);
    assertThat(seal.open(seal.seal(new byte[0]))).isEmpty();
    assertThat(seal.seal(SECRET)).hasSize(SECRET.length + AesGcmSeal.OVERHEAD);
  }

  @Test
  void hidesTheMessageAndNeverRepeatsItself() {
    AesGcmSeal seal = AesGcmSeal.of(NEW);
    String sealed = new String(seal.seal(SECRET), StandardCharsets.ISO_8859_1);
    assertThat(sealed).doesNotContain("hunter2");
    assertThat(seal.seal(SECRET)).isNotEqualTo(seal.seal(SECRET));
  }

  @Test
  void manyAtOnceDoNotDisturbEachOther() throws Exception {
    AesGcmSeal seal = AesGcmSeal.of(NEW);
    byte[] broken = seal.seal(SECRET);
    broken[20] ^= 1;
    var all = new ArrayList<Future<?>>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        byte[] own = ("message of thread " + i).getBytes(StandardCharsets.UTF_8);
        all.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 500; n++) {
                    assertThat(seal.open(seal.seal(own))).isEqualTo(own);
                    assertThatThrownBy(() -> seal.open(broken))
                        .isInstanceOf(GeneralSecurityException.class);
                  }
                  return own;
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  @Test
  void everyChangedByteIsNoticed() {
    AesGcmSeal seal = AesGcmSeal.of(NEW);
    byte[] sealed = seal.seal(SECRET);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThatThrownBy(() -> seal.open(changed)).isInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void cutOffBytesAreNoticed() {
    AesGcmSeal seal = AesGcmSeal.of(NEW);
    byte[] sealed = seal.seal(SECRET);
    for (int length = 0; length < sealed.length; length++) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThatThrownBy(() -> seal.open(cut)).isInstanceOf(GeneralSecurityException.class);
    }
  }

  @Test
  void anotherKeyOpensNothing() {
    byte[] sealed = AesGcmSeal.of(OLD).seal(SECRET);
    assertThatThrownBy(() -> AesGcmSeal.of(NEW).open(sealed))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void keysRotate() throws Exception {
    byte[] sealedBefore = AesGcmSeal.of(OLD).seal(SECRET);
    AesGcmSeal rotated = AesGcmSeal.of(1, Map.of(0, OLD, 1, NEW));
    assertThat(rotated.open(sealedBefore)).isEqualTo(SECRET);
    byte[] sealedAfter = rotated.seal(SECRET);
    assertThat(sealedAfter[1]).isEqualTo((byte) 1);
    assertThatThrownBy(() -> AesGcmSeal.of(OLD).open(sealedAfter))
        .isInstanceOf(GeneralSecurityException.class)
        .hasMessageContaining("key 1");
  }

  @Test
  void refusesKeysThatAreNone() {
    assertThatThrownBy(() -> AesGcmSeal.of(new byte[16])).hasMessageContaining("32 bytes, not 16");
    assertThatThrownBy(() -> AesGcmSeal.of(2, Map.of(0, OLD))).hasMessageContaining("id 2");
    assertThatThrownBy(() -> AesGcmSeal.of(256, Map.of(256, OLD))).hasMessageContaining("256");
  }
}
