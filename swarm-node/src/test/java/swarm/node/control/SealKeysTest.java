package swarm.node.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import swarm.raft.seal.AesGcmSeal;

class SealKeysTest {
  private static final Instant T0 = Instant.parse("2026-11-22T06:00:00Z");

  private static SealKey key(int id, int content) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) content);
    return new SealKey(id, bytes, T0, 7, "lock");
  }

  private static SealKeys keys(int sealing, SealKey... all) {
    return new SealKeys(sealing, List.of(all));
  }

  @Test
  void theyAreReadAsTheyWereWritten() throws Exception {
    SealKeys all = keys(3, key(0, 1), key(3, 2), key(255, 3));
    assertThat(SealKeys.decode(all.encode())).isEqualTo(all);
    assertThat(all.toString()).contains("SealKey[255]").doesNotContain("key=");
  }

  /// What was released must be read for ever: these bytes are of the first version with rings.
  @Test
  void theFirstFormatIsReadForEver() throws Exception {
    byte[] golden =
        HexFormat.of()
            .parseHex(
                HexFormat.of().formatHex("SWARMSEAL1".getBytes(StandardCharsets.US_ASCII))
                    + GOLDEN.replaceAll("\\s", ""));
    SealKeys read = SealKeys.decode(golden);
    assertThat(read).isEqualTo(keys(1, key(0, 1), key(1, 2)));
  }

  private static final String GOLDEN =
      """
      bf677365616c696e6701646b65797382bf62696400636b6579582001010101010101010101010101
      01010101010101010101010101010101010101646d61646574323032362d31312d32325430363a30
      303a30305a65696e64657807646c6f636b646c6f636bffbf62696401636b65795820020202020202
      0202020202020202020202020202020202020202020202020202646d61646574323032362d31312d
      32325430363a30303a30305a65696e64657807646c6f636b646c6f636bffff
      """;

  @Test
  void oneBareKeyIsThatOfAnEarlierVersion() throws Exception {
    byte[] bare = key(0, 9).key();
    SealKeys read = SealKeys.decode(bare);
    assertThat(read.sealing()).isZero();
    assertThat(read.keys()).hasSize(1);
    assertThat(read.keyZero()).isEqualTo(bare);
    assertThat(read.newest().made()).isEqualTo(Instant.EPOCH);
    byte[] plain = {1, 2, 3};
    assertThat(read.seal().open(AesGcmSeal.of(bare).seal(plain))).isEqualTo(plain);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 10, 20, 31, 33, 60})
  void whatIsNeitherIsRefused(int length) {
    byte[] bytes = Arrays.copyOf(keys(0, key(0, 1)).encode(), length);
    assertThatThrownBy(() -> SealKeys.decode(bytes)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SealKeys.decode(new byte[length])).isInstanceOf(IOException.class);
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> keys(1, key(0, 1))).hasMessageContaining("no key 1");
    assertThatThrownBy(() -> keys(0, key(1, 1), key(0, 1))).hasMessageContaining("must rise");
    assertThatThrownBy(() -> key(256, 1)).hasMessageContaining("256");
  }

  @Test
  void theLeadersKeysAreTaken() {
    record Row(String what, SealKeys mine, SealKeys leaders, SealKeys after) {}
    var table = new ArrayList<Row>();
    SealKeys one = keys(0, key(0, 1));
    SealKeys two = keys(0, key(0, 1), key(1, 2));
    SealKeys changed = keys(1, key(0, 1), key(1, 2));
    table.add(new Row("nothing new", two, two, two));
    table.add(new Row("a new one", one, two, two));
    table.add(new Row("which seals", two, changed, changed));
    table.add(new Row("all at once", one, changed, changed));
    table.add(new Row("a leader that does not know yet that it seals", changed, two, changed));
    table.add(new Row("a leader that never had one", two, one, two));
    table.add(
        new Row(
            "a leader that made another one at the same time",
            two,
            keys(0, key(0, 1), key(1, 3)),
            keys(0, key(0, 1), key(1, 3))));
    table.add(
        new Row(
            "an id was skipped",
            two,
            keys(2, key(0, 1), key(2, 3)),
            keys(2, key(0, 1), key(1, 2), key(2, 3))));
    for (Row row : table) {
      assertThat(row.mine().merged(row.leaders())).as(row.what()).contains(row.after());
    }
    assertThat(changed.merged(keys(1, key(0, 1), key(1, 3)))).as("it has sealed").isEmpty();
    assertThat(one.merged(keys(0, key(0, 2)))).as("it has sealed").isEmpty();
  }

  @Test
  void aKeyIsKeptBeforeItIsUsedAndNeverUsedWhereItCannotBeKept() throws Exception {
    var kept = new ArrayList<SealKeys>();
    var ring =
        new SealKeyring(
            keys(0, key(0, 1)),
            next -> {
              if (next.sealing() == 1 && kept.size() < 2) {
                kept.add(next);
                throw new IOException("the disk is full");
              }
              kept.add(next);
            });
    byte[] before = ring.seal().seal(new byte[] {4});
    ring.add(key(1, 2));
    assertThat(ring.seal().seal(new byte[0])[1]).isZero();
    assertThatThrownBy(() -> ring.sealWith(key(1, 2))).hasMessageContaining("full");
    assertThat(ring.current().sealing()).isZero();
    assertThat(ring.seal().seal(new byte[0])[1]).isZero();
    assertThat(ring.sealWith(key(1, 5))).as("another one under this id").isFalse();
    assertThat(ring.sealWith(key(1, 2))).isTrue();
    assertThat(ring.seal().seal(new byte[0])[1]).isEqualTo((byte) 1);
    assertThat(ring.seal().open(before)).containsExactly(4);
    assertThat(kept.getLast()).isEqualTo(ring.current());
  }
}
