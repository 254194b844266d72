package swarm.raft.engine;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException;

/// Reads the bytes of one of Ratis' log files and tells what a crash left from what a disk broke.
/// Pure.
///
/// Layout (`SegmentedRaftLogFormat` and `SegmentedRaftLogOutputStream` of Ratis 3.3): `RaftLog1`;
/// for each entry its length (a protobuf varint), the entry, and the CRC-32C of both (4 bytes);
/// then zeros that were allocated in advance.
///
/// A crash may leave any part of what was not flushed yet: nobody was promised that, and it is
/// dropped. Whoever drops more than that forgets what it acknowledged. So an end that one flipped
/// bit explains (the checksum tells exactly), that has a whole entry behind it, or that misses
/// nothing, is damage and no torn write.
final class SegmentScan {
  private static final byte[] HEADER = {'R', 'a', 'f', 't', 'L', 'o', 'g', '1'};
  private static final int SECTOR_BYTES = 512;
  private static final int CRC_BYTES = 4;
  private static final int MAX_VARINT_BYTES = 5;
  private static final int CRC32C_POLYNOMIAL = 0x82F63B78; // reflected

  /// How a file ends.
  sealed interface End {
    /// With its last entry.
    record Clean() implements End {}

    /// In the middle of a write; what is good ends at `validBytes`.
    record Torn(int validBytes) implements End {}

    /// Nobody wrote it like that.
    record Damaged(int at, String what) implements End {}
  }

  /// An entry's length and where its bytes begin; a negative length where it makes no sense.
  private record Length(int value, int start) {}

  private final byte[] file;
  private final CRC32C crc = new CRC32C();
  private long expected;

  private SegmentScan(byte[] file, long first) {
    this.file = file;
    this.expected = first;
  }

  /// @param first the index that the file must begin with
  /// @param entries hears of every good entry, in order
  static End scan(byte[] file, long first, MemberDisk.Entries entries) throws IOException {
    return new SegmentScan(file, first).run(entries);
  }

  private End run(MemberDisk.Entries entries) throws IOException {
    int at = HEADER.length;
    for (int i = 0; i < Math.min(HEADER.length, file.length); i++) {
      if (file[i] != HEADER[i]) {
        return file[i] == 0 && zeros(i, file.length)
            ? new End.Torn(0)
            : new End.Damaged(i, "it does not begin as a log does");
      }
    }
    if (file.length < HEADER.length) {
      return file.length == 0 ? new End.Clean() : new End.Torn(0);
    }
    while (at < file.length) {
      if (file[at] == 0 && zeros(at, file.length)) {
        return new End.Clean();
      }
      Length length = length(at);
      if (!whole(at, length)) {
        return broken(at, length);
      }
      try {
        LogEntryProto entry =
            LogEntryProto.parser().parseFrom(file, length.start(), length.value());
        if (entry.getIndex() != expected) {
          return new End.Damaged(
              at, "entry " + entry.getIndex() + " stands where " + expected + " should");
        }
        expected++;
        entries.next(entry);
      } catch (InvalidProtocolBufferException e) {
        return new End.Damaged(at, "what has a right checksum is no entry: " + e.getMessage());
      }
      at = length.start() + length.value() + CRC_BYTES;
    }
    return new End.Clean();
  }

  private boolean zeros(int from, int to) {
    for (int i = from; i < to; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private Length length(int at) {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (at + i >= file.length) {
        return new Length(-1, at);
      }
      byte b = file[at + i];
      value |= (long) (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return new Length(value > Integer.MAX_VALUE ? -1 : (int) value, at + i + 1);
      }
    }
    return new Length(-1, at);
  }

  private boolean fits(Length length) {
    return length.value() > 0 && (long) length.start() + length.value() + CRC_BYTES <= file.length;
  }

  /// Whether an entry stands at `at`, all of it.
  private boolean whole(int at, Length length) {
    return fits(length) && syndrome(at, length) == 0;
  }

  /// What the checksum that is there differs by from the one that should be.
  private int syndrome(int at, Length length) {
    int end = length.start() + length.value();
    crc.reset();
    crc.update(file, at, end - at);
    int stored =
        (file[end] & 0xff) << 24
            | (file[end + 1] & 0xff) << 16
            | (file[end + 2] & 0xff) << 8
            | (file[end + 3] & 0xff);
    return (int) crc.getValue() ^ stored;
  }

  /// What stands where an entry should begin, and is none.
  private End broken(int at, Length length) {
    String entry = "entry " + expected;
    if (flippedLength(at)) {
      return new End.Damaged(at, "a bit of the length of " + entry + " is flipped");
    }
    if (bits(at) == 1 && at + 1 < file.length) {
      return new End.Damaged(at, "a bit behind its last entry is set");
    }
    if (file[at] == 0 || !fits(length)) {
      return new End.Torn(at);
    }
    int end = length.start() + length.value() + CRC_BYTES;
    if (oneBit(syndrome(at, length), end - CRC_BYTES - at)) {
      return new End.Damaged(at, "a bit of " + entry + " is flipped");
    }
    if (end < file.length && whole(end, length(end))) {
      return new End.Damaged(at, entry + " does not have its checksum, and others follow it");
    }
    return hole(at, end)
        ? new End.Torn(at)
        : new End.Damaged(at, entry + " does not have its checksum");
  }

  private int bits(int from) {
    int count = 0;
    for (int i = from; i < file.length && count < 2; i++) {
      count += Integer.bitCount(file[i] & 0xff);
    }
    return count;
  }

  /// Whether an entry stands here once one bit of its length is turned back.
  private boolean flippedLength(int at) {
    for (int bit = 0; bit < 8 * MAX_VARINT_BYTES && at + bit / 8 < file.length; bit++) {
      byte mask = (byte) (1 << (bit % 8));
      file[at + bit / 8] ^= mask;
      boolean right = whole(at, length(at));
      file[at + bit / 8] ^= mask;
      if (right) {
        return true;
      }
    }
    return false;
  }

  /// Whether turning back one bit, of `bytes` bytes or of their checksum, makes both agree: a CRC
  /// is linear, so each bit has a difference of its own.
  private static boolean oneBit(int syndrome, int bytes) {
    if (Integer.bitCount(syndrome) == 1) {
      return true;
    }
    int difference = 1;
    for (long bit = 0; bit < 8L * bytes; bit++) {
      difference =
          (difference & 1) != 0 ? (difference >>> 1) ^ CRC32C_POLYNOMIAL : difference >>> 1;
      if (difference == syndrome) {
        return true;
      }
    }
    return false;
  }

  /// Whether a sector, or the part of one that belongs to the entry, was never written: sealed
  /// bytes are as good as random.
  private boolean hole(int from, int to) {
    for (int start = from; start < to; ) {
      int next = Math.min(to, (start / SECTOR_BYTES + 1) * SECTOR_BYTES);
      if ((next - start >= CRC_BYTES || next == to) && zeros(start, next)) {
        return true;
      }
      start = next;
    }
    return false;
  }
}
