package swarm.chaos.multihost;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Which key each entry of a manager's log is sealed with, as its files on the disk say: they are
/// read without anything of the program's own.
///
/// Layout (Ratis 3.3): `RaftLog1`; for each entry its length (a protobuf varint), the entry, and a
/// checksum of 4 bytes; then zeros. Of an entry, field 2 is its index, and field 3, where it is a
/// command's, holds the sealed bytes as field 1. Of those, byte 0 is a format, byte 1 the key's id.
final class SealedEntries {
  private static final int HEADER = 8;
  private static final int CHECKSUM = 4;

  private final byte[] bytes;
  private int at;

  private SealedEntries(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  /// The key of each command by its index, of all log files below a folder.
  static NavigableMap<Long, Integer> keys(Path folder) throws IOException {
    var all = new TreeMap<Long, Integer>();
    try (Stream<Path> walk = Files.walk(folder)) {
      for (Path file :
          walk.filter(p -> p.getFileName().toString().startsWith("log_")).sorted().toList()) {
        new SealedEntries(Files.readAllBytes(file), HEADER).entries(all);
      }
    }
    return all;
  }

  private void entries(Map<Long, Integer> all) {
    while (at < bytes.length && bytes[at] != 0) {
      int length = (int) varint();
      if (at + length > bytes.length) {
        return; // being written
      }
      new SealedEntries(Arrays.copyOfRange(bytes, at, at + length), 0).entry(all);
      at += length + CHECKSUM;
    }
  }

  private void entry(Map<Long, Integer> all) {
    long index = -1;
    while (at < bytes.length) {
      int tag = (int) varint();
      if ((tag & 7) == 0) {
        long value = varint();
        index = tag >> 3 == 2 ? value : index;
      } else {
        int length = (int) varint();
        if (tag >> 3 == 3) {
          all.put(index, new SealedEntries(bytes, at).keyOfCommand());
        }
        at += length;
      }
    }
  }

  /// @return the id of the key
  private int keyOfCommand() {
    if (varint() != (1 << 3 | 2)) {
      throw new IllegalStateException("the sealed bytes do not come first");
    }
    var _ = varint();
    if (bytes[at] != 1) {
      throw new IllegalStateException("sealed with the unknown format " + bytes[at]);
    }
    return Byte.toUnsignedInt(bytes[at + 1]);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes[at++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
