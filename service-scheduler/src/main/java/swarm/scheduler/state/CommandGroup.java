package swarm.scheduler.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Commands of several proposers that share a log entry, and with it one write to each disk: group
/// commit. A group is applied as a whole: no reader sees a part of it, and all its commands stand
/// at the same index.
///
/// Bytes: the number 2, where a lone command has one of [CommandFormat]; then for each command its
/// length (four bytes, the most significant first) and what [StateCodec#encode(Command)] wrote. The
/// results are written alike, without the number.
public final class CommandGroup {
  /// What distinguishes a group from a lone command.
  public static final int FORMAT = 2;

  private CommandGroup() {}

  /// Joins commands, each as [StateCodec#encode(Command)] wrote it.
  public static byte[] join(List<byte[]> commands) {
    return join(commands, new byte[] {FORMAT});
  }

  /// Joins results, each as [StateCodec#encode(CommandResult)] wrote it.
  public static byte[] joinResults(List<byte[]> results) {
    return join(results, new byte[0]);
  }

  private static byte[] join(List<byte[]> parts, byte[] head) {
    int size = head.length + parts.size() * Integer.BYTES;
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(size).put(head);
    for (byte[] part : parts) {
      all.putInt(part.length).put(part);
    }
    return all.array();
  }

  /// Whether a log entry holds a group.
  public static boolean isGroup(byte[] entry) {
    return entry.length > 0 && entry[0] == FORMAT;
  }

  /// The commands of a log entry that [#isGroup], in their order, each as it was given to [#join].
  ///
  /// @throws IOException for a group that is cut off
  public static List<byte[]> parts(byte[] entry) throws IOException {
    return parts(ByteBuffer.wrap(entry).position(1));
  }

  /// The same, read.
  ///
  /// @throws IOException as [StateCodec#decode] does, and for a group that is cut off
  public static List<Command> split(byte[] entry) throws IOException {
    return read(parts(entry));
  }

  /// Reads commands.
  ///
  /// @throws IOException as [StateCodec#decode] does
  public static List<Command> read(List<byte[]> parts) throws IOException {
    var commands = new ArrayList<Command>();
    for (byte[] part : parts) {
      commands.add(StateCodec.decode(part));
    }
    return commands;
  }

  /// The results of a group, in the order of its commands.
  ///
  /// @throws IOException where they are cut off
  public static List<byte[]> splitResults(byte[] results) throws IOException {
    return parts(ByteBuffer.wrap(results));
  }

  private static List<byte[]> parts(ByteBuffer all) throws IOException {
    var parts = new ArrayList<byte[]>();
    while (all.hasRemaining()) {
      int length = all.remaining() < Integer.BYTES ? -1 : all.getInt();
      if (length < 0 || length > all.remaining()) {
        throw new IOException("a group of commands is cut off at byte " + all.position());
      }
      byte[] part = new byte[length];
      all.get(part);
      parts.add(part);
    }
    return parts;
  }
}
