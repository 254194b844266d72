package swarm.runtime.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import swarm.linux.FileNames;

/// Writes a tar (POSIX.1-2001, pax): ustar headers, and an extended header before an entry that one
/// cannot hold. Commons Compress would write extended attributes as UTF-8, which breaks binary ones
/// such as `security.capability`. Not for several threads.
public final class TarWriter {
  private static final int BLOCK = 512;
  private static final int BUFFER = 64 * 1024;
  private static final int NAME_LENGTH = 100;
  private static final long MAX_OCTAL_7 = 07777777;
  private static final long MAX_OCTAL_11 = 077777777777L;

  public static final char FILE = '0';
  public static final char HARD_LINK = '1';
  public static final char LINK = '2';
  public static final char CHARACTER = '3';
  public static final char BLOCK_DEVICE = '4';
  public static final char DIRECTORY = '5';
  public static final char FIFO = '6';

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER];

  /// @param out is flushed at the end, not closed
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /// One entry's header.
  ///
  /// @param name as a text of [FileNames]; a directory's ends with a slash
  /// @param type one of the constants here
  /// @param mode permissions
  /// @param size bytes of content that follow; 0 for all but files
  /// @param link where a link leads; else empty
  /// @param attributes extended ones
  public record Entry(
      String name,
      char type,
      int mode,
      long uid,
      long gid,
      long size,
      Instant modified,
      String link,
      int major,
      int minor,
      Map<String, byte[]> attributes) {}

  /// Begins an entry; a file's content comes next.
  public void entry(Entry entry) throws IOException {
    Map<String, byte[]> records = extended(entry);
    if (!records.isEmpty()) {
      byte[] content = pax(records);
      out.write(
          header(
              new Entry(
                  "PaxHeaders.0/" + ascii(entry.name()),
                  'x',
                  0644,
                  0,
                  0,
                  content.length,
                  Instant.EPOCH,
                  "",
                  0,
                  0,
                  Map.of())));
      out.write(content);
      pad(content.length);
    }
    out.write(header(entry));
  }

  /// A file's content, after its entry: exactly `size` bytes, whatever has become of the file since
  /// its size was read.
  public void content(InputStream in, long size) throws IOException {
    long left = size;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        break;
      }
      out.write(buffer, 0, n);
      left -= n;
    }
    Arrays.fill(buffer, (byte) 0);
    while (left > 0) {
      int n = (int) Math.min(buffer.length, left);
      out.write(buffer, 0, n);
      left -= n;
    }
    pad(size);
  }

  /// Ends the tar.
  public void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
    out.flush();
  }

  private void pad(long size) throws IOException {
    int over = (int) (size % BLOCK);
    if (over > 0) {
      out.write(new byte[BLOCK - over]);
    }
  }

  /// What the plain header has no room for.
  private static Map<String, byte[]> extended(Entry entry) {
    var records = new LinkedHashMap<String, byte[]>();
    if (!fits(entry.name())) {
      records.put("path", bytes(entry.name()));
    }
    if (!fits(entry.link())) {
      records.put("linkpath", bytes(entry.link()));
    }
    Instant modified = entry.modified();
    long seconds = modified.getEpochSecond();
    int nanos = modified.getNano();
    if (nanos > 0 || seconds < 0 || seconds > MAX_OCTAL_11) {
      records.put("mtime", bytes(decimal(seconds, nanos)));
    }
    number(records, "uid", entry.uid(), MAX_OCTAL_7);
    number(records, "gid", entry.gid(), MAX_OCTAL_7);
    number(records, "size", entry.size(), MAX_OCTAL_11);
    entry.attributes().forEach((name, value) -> records.put("SCHILY.xattr." + name, value));
    return records;
  }

  private static void number(Map<String, byte[]> records, String key, long value, long most) {
    if (value > most) {
      records.put(key, bytes(Long.toString(value)));
    }
  }

  /// Seconds since 1970 with a fraction; before that both are negative.
  static String decimal(long seconds, int nanos) {
    if (nanos == 0) {
      return Long.toString(seconds);
    }
    boolean negative = seconds < 0;
    long whole = negative ? -(seconds + 1) : seconds;
    int fraction = negative ? 1_000_000_000 - nanos : nanos;
    return (negative ? "-" : "") + whole + "." + "%09d".formatted(fraction).replaceAll("0+$", "");
  }

  private static byte[] pax(Map<String, byte[]> records) {
    var all = new ByteArrayOutputStream();
    records.forEach(
        (key, value) -> {
          int bare = bytes(key).length + value.length + 3; // a space, '=' and a newline
          int length = bare + Integer.toString(bare).length();
          length = bare + Integer.toString(length).length();
          all.writeBytes(bytes(length + " " + key + "="));
          all.writeBytes(value);
          all.write('\n');
        });
    return all.toByteArray();
  }

  private static boolean fits(String name) {
    return name.length() <= NAME_LENGTH && name.chars().allMatch(c -> c > 0 && c < 0x80);
  }

  private static String ascii(String name) {
    String plain = name.replaceAll("[^\\x20-\\x7e]", "_");
    return plain.substring(0, Math.min(plain.length(), NAME_LENGTH - "PaxHeaders.0/".length()));
  }

  private static byte[] bytes(String text) {
    return FileNames.bytes(text);
  }

  private static byte[] header(Entry entry) {
    byte[] block = new byte[BLOCK];
    put(block, 0, NAME_LENGTH, entry.name());
    octal(block, 100, 8, entry.mode());
    octal(block, 108, 8, Math.min(entry.uid(), MAX_OCTAL_7));
    octal(block, 116, 8, Math.min(entry.gid(), MAX_OCTAL_7));
    octal(block, 124, 12, Math.min(entry.size(), MAX_OCTAL_11));
    long seconds = entry.modified().getEpochSecond();
    octal(block, 136, 12, Math.clamp(seconds, 0, MAX_OCTAL_11));
    block[156] = (byte) entry.type();
    put(block, 157, NAME_LENGTH, entry.link());
    put(block, 257, 8, "ustar\00000");
    octal(block, 329, 8, entry.major());
    octal(block, 337, 8, entry.minor());
    Arrays.fill(block, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte one : block) {
      sum += one & 0xff;
    }
    octal(block, 148, 7, sum);
    return block;
  }

  private static void put(byte[] block, int at, int length, String text) {
    byte[] bytes = bytes(text);
    System.arraycopy(bytes, 0, block, at, Math.min(length, bytes.length));
  }

  private static void octal(byte[] block, int at, int length, long value) {
    String digits = Long.toOctalString(value);
    put(block, at, length - 1, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits);
    block[at + length - 1] = 0;
  }
}
