package swarm.raft.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a crash leaves is dropped, what a disk breaks is seen.
class SegmentScanTest {
  private static final long FIRST = 7;
  private final Random random = new Random(1);

  private record File(byte[] bytes, int[] ends) {}

  /// As Ratis writes it.
  private File file(int padding, int... sizes) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("RaftLog1".getBytes(StandardCharsets.US_ASCII));
    int[] ends = new int[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      byte[] sealed = new byte[sizes[i]];
      random.nextBytes(sealed);
      LogEntryProto entry =
          LogEntryProto.newBuilder()
              .setTerm(3)
              .setIndex(FIRST + i)
              .setStateMachineLogEntry(
                  StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(sealed)))
              .build();
      var delimited = new ByteArrayOutputStream();
      try {
        entry.writeDelimitedTo(delimited);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      var crc = new CRC32C();
      crc.update(delimited.toByteArray());
      out.writeBytes(delimited.toByteArray());
      for (int shift = 24; shift >= 0; shift -= 8) {
        out.write((int) crc.getValue() >>> shift);
      }
      ends[i] = out.size();
    }
    out.writeBytes(new byte[padding]);
    return new File(out.toByteArray(), ends);
  }

  private static SegmentScan.End scan(byte[] bytes) {
    return scan(bytes, FIRST, _ -> {});
  }

  private static SegmentScan.End scan(byte[] bytes, long first, MemberDisk.Entries entries) {
    try {
      return SegmentScan.scan(bytes, first, entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aWholeFileIsClean() {
    int[] count = {0};
    assertThat(scan(file(900, 10, 200, 5000).bytes(), FIRST, _ -> count[0]++))
        .isEqualTo(new SegmentScan.End.Clean());
    assertThat(count[0]).isEqualTo(3);
    assertThat(scan(new byte[0])).isEqualTo(new SegmentScan.End.Clean());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 700})
  void everyFlippedBitIsSeen(int padding) {
    byte[] bytes = file(padding, 1, 100, 127, 128, 700, 20, 300).bytes();
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(scan(bytes))
          .as("bit %s of %s bytes", bit, bytes.length)
          .isInstanceOf(SegmentScan.End.Damaged.class);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
  }

  @Test
  void everyPrefixOfTheLastEntryIsDropped() {
    File whole = file(0, 50, 300, 900);
    for (int length = whole.ends()[1]; length < whole.ends()[2]; length++) {
      byte[] cut = Arrays.copyOf(whole.bytes(), length);
      SegmentScan.End end = scan(cut);
      assertThat(end)
          .as("cut at %s", length)
          .isEqualTo(
              length == whole.ends()[1]
                  ? new SegmentScan.End.Clean()
                  : new SegmentScan.End.Torn(whole.ends()[1]));
    }
  }

  /// The space was allocated before: what was not written is zeros, from some sector on.
  @Test
  void aWriteThatAPowerCutStoppedInAllocatedSpaceIsDropped() {
    File whole = file(2000, 50, 300, 3000);
    for (int sector = whole.ends()[1] / 512 + 1; sector * 512 < whole.ends()[2]; sector++) {
      byte[] torn = whole.bytes().clone();
      Arrays.fill(torn, sector * 512, torn.length, (byte) 0);
      assertThat(scan(torn)).isEqualTo(new SegmentScan.End.Torn(whole.ends()[1]));
      torn = whole.bytes().clone(); // sectors reach the disk in any order
      Arrays.fill(torn, sector * 512, Math.min((sector + 1) * 512, torn.length), (byte) 0);
      assertThat(scan(torn)).isEqualTo(new SegmentScan.End.Torn(whole.ends()[1]));
    }
  }

  @Test
  void aTornEntryWithWholeOnesBehindItIsDamage() {
    File whole = file(100, 50, 2000, 300);
    Arrays.fill(whole.bytes(), 1024, 1536, (byte) 0);
    assertThat(scan(whole.bytes())).isInstanceOf(SegmentScan.End.Damaged.class);
  }

  @Test
  void aHeaderThatWasNotWrittenWholeIsAnEmptyFile() {
    byte[] header = file(0).bytes();
    for (int length = 1; length < header.length; length++) {
      assertThat(scan(Arrays.copyOf(header, length))).isEqualTo(new SegmentScan.End.Torn(0));
      assertThat(scan(Arrays.copyOf(Arrays.copyOf(header, length), 1000)))
          .isEqualTo(new SegmentScan.End.Torn(0));
    }
    assertThat(scan(new byte[1000])).isEqualTo(new SegmentScan.End.Torn(0));
  }

  @Test
  void entriesOutOfOrderAreDamage() {
    assertThat(scan(file(0, 10).bytes(), FIRST + 1, _ -> {}))
        .isInstanceOf(SegmentScan.End.Damaged.class);
  }
}
