package swarm.runtime.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import swarm.linux.FileNames;

/// Passes a tar on to its reader and keeps the extended attributes, the names and the owner of the
/// entry whose header went by last, byte by byte. Commons Compress decodes texts as UTF-8, which
/// breaks binary attributes such as `security.capability`, and names that are none; and it cuts the
/// numbers of owners to 32 bits with a sign. Follows the framing of POSIX.1-2001 (pax) and GNU's
/// sparse files.
public final class PaxAttributes extends InputStream {
  private static final String XATTR = "SCHILY.xattr.";
  private static final int BLOCK = 512;
  private static final int NAME_LENGTH = 100;
  private static final int LINK_AT = 157;
  private static final int MAGIC_AT = 257;
  private static final int MAGIC_LENGTH = 5;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX_LENGTH = 155;
  private static final int UID_AT = 108;
  private static final int GID_AT = 116;
  private static final int ID_LENGTH = 8;
  private static final int SIZE_AT = 124;
  private static final int SIZE_LENGTH = 12;
  private static final int TYPE_AT = 156;
  private static final int SPARSE_MORE_AT = 482;
  private static final int SPARSE_BLOCK_MORE_AT = 504;

  /// Attributes of one entry are far smaller: the kernel takes 64 KiB for one.
  private static final int MAX_HEADER = 4 * 1024 * 1024;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private int have;
  private boolean sparseBlocks;
  private long sparseContent;
  private long pass;
  private long collect;
  private final ByteArrayOutputStream header = new ByteArrayOutputStream();
  private byte collected;
  private Map<String, byte[]> coming = Map.of();
  private byte[] comingName = {};
  private byte[] comingSparseName = {};
  private byte[] comingLink = {};
  private byte[] name = {};
  private byte[] link = {};
  private long uid;
  private long gid;
  private long comingSize = -1;
  private Map<String, byte[]> current = Map.of();

  /// @param in an uncompressed tar
  public PaxAttributes(InputStream in) {
    this.in = in;
  }

  /// The attributes of the entry whose header was read last, by name.
  public Map<String, byte[]> current() {
    return current;
  }

  /// Gives an entry whose names are no UTF-8 the ones that it has ([FileNames#text]), and one whose
  /// owner is from 2^31 on that owner. Commons Compress puts a U+FFFD or a question mark in the
  /// place of what is no UTF-8, as it read it in a pax record or in a header.
  ///
  /// @param entry whose header was read last
  public void mend(TarArchiveEntry entry) {
    // a pax record goes before the header, and is not cut
    if (uid != (int) uid && entry.getLongUserId() == (int) uid) {
      entry.setUserId(uid);
    }
    if (gid != (int) gid && entry.getLongGroupId() == (int) gid) {
      entry.setGroupId(gid);
    }
    if (!FileNames.isUtf8(name)) {
      entry.setName(FileNames.text(name));
    }
    if (!FileNames.isUtf8(link)) {
      entry.setLinkName(FileNames.text(link));
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int n = in.read(target, offset, length);
    for (int at = offset; at < offset + n; ) {
      at += take(target, at, offset + n - at);
    }
    return n;
  }

  @Override
  public int available() throws IOException {
    return in.available();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  /// Follows some of the bytes, at least one.
  private int take(byte[] bytes, int offset, int length) throws IOException {
    if (collect > 0) {
      int n = (int) Math.min(length, collect);
      header.write(bytes, offset, n);
      collect -= n;
      if (collect == 0) {
        collected(header.toByteArray());
        header.reset();
      }
      return n;
    }
    if (pass > 0) {
      int n = (int) Math.min(length, pass);
      pass -= n;
      return n;
    }
    int n = Math.min(length, BLOCK - have);
    System.arraycopy(bytes, offset, block, have, n);
    have += n;
    if (have == BLOCK) {
      have = 0;
      block();
    }
    return n;
  }

  private void block() throws IOException {
    if (sparseBlocks) {
      sparseBlocks = block[SPARSE_BLOCK_MORE_AT] != 0;
      if (!sparseBlocks) {
        pass = sparseContent;
      }
      return;
    }
    long size = size();
    switch (block[TYPE_AT]) {
      case 'x', 'X', 'L', 'K' -> {
        if (size > MAX_HEADER) {
          throw new ArchiveException(
              "a header of " + size + " bytes in the tar: the limit is " + MAX_HEADER);
        }
        collected = block[TYPE_AT];
        collect = size;
        pass = padded(size) - size;
      }
      case 'g' -> pass = padded(size);
      case '5' -> entry(0); // a folder has no content, whatever its header says
      case 'S' -> {
        entry(size);
        sparseBlocks = block[SPARSE_MORE_AT] != 0;
        sparseContent = pass;
        pass = sparseBlocks ? 0 : pass;
      }
      default -> entry(size);
    }
  }

  private void collected(byte[] content) {
    switch (collected) {
      case 'L' -> comingName = terminated(content, 0, content.length);
      case 'K' -> comingLink = terminated(content, 0, content.length);
      default -> parse(content);
    }
  }

  /// A text that a zero ends, or the end of its field.
  private static byte[] terminated(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(bytes, from, end);
  }

  private byte[] nameOfHeader() {
    byte[] own = terminated(block, 0, NAME_LENGTH);
    boolean ustar = block[MAGIC_AT + MAGIC_LENGTH] == 0; // GNU's has a blank there, and no prefix
    byte[] prefix = ustar ? terminated(block, PREFIX_AT, PREFIX_LENGTH) : new byte[0];
    if (prefix.length == 0) {
      return own;
    }
    byte[] whole = Arrays.copyOf(prefix, prefix.length + 1 + own.length);
    whole[prefix.length] = '/';
    System.arraycopy(own, 0, whole, prefix.length + 1, own.length);
    return whole;
  }

  private void entry(long size) {
    current = coming;
    name = comingName.length > 0 ? comingName : nameOfHeader();
    name = comingSparseName.length > 0 ? comingSparseName : name;
    link = comingLink.length > 0 ? comingLink : terminated(block, LINK_AT, NAME_LENGTH);
    uid = number(UID_AT, ID_LENGTH);
    gid = number(GID_AT, ID_LENGTH);
    comingName = new byte[0];
    comingSparseName = new byte[0];
    comingLink = new byte[0];
    pass = padded(comingSize >= 0 ? comingSize : size);
    coming = Map.of();
    comingSize = -1;
  }

  private static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  private long size() {
    return Math.max(0, Math.min(number(SIZE_AT, SIZE_LENGTH), Long.MAX_VALUE - BLOCK));
  }

  /// Octal digits, or, with the first bit set, a big-endian number, of which the last eight bytes
  /// count.
  private long number(int at, int length) {
    long value = 0;
    if ((block[at] & 0x80) != 0) {
      boolean negative = (block[at] & 0x40) != 0;
      value = length > Long.BYTES ? 0 : (negative ? -1L << 6 : 0) | (block[at] & 0x3f);
      for (int i = Math.max(1, length - Long.BYTES); i < length; i++) {
        value = (value << 8) | (block[at + i] & 0xff);
      }
    } else {
      for (int i = 0; i < length; i++) {
        byte digit = block[at + i];
        if (digit >= '0' && digit <= '7') {
          value = (value << 3) | (digit - '0');
        }
      }
    }
    return value;
  }

  /// Records of the form `LENGTH KEY=VALUE\n`; one that is broken ends the reading, as the tar's
  /// reader will refuse the header anyway.
  private void parse(byte[] records) {
    var found = new LinkedHashMap<String, byte[]>();
    long size = -1;
    int at = 0;
    while (at < records.length) {
      int space = at;
      int length = 0;
      while (space < records.length && records[space] >= '0' && records[space] <= '9') {
        length = Math.min(length * 10 + records[space] - '0', MAX_HEADER);
        space++;
      }
      int end = at + length;
      int equal = space + 1;
      while (equal < Math.min(end, records.length) && records[equal] != '=') {
        equal++;
      }
      if (space == at || end > records.length || equal + 1 >= end) {
        break;
      }
      String key = new String(records, space + 1, equal - space - 1, StandardCharsets.UTF_8);
      byte[] value = Arrays.copyOfRange(records, equal + 1, end - 1);
      if (key.startsWith(XATTR)) {
        found.put(key.substring(XATTR.length()), value);
      } else if (key.equals("path")) {
        comingName = value;
      } else if (key.equals("GNU.sparse.name")) {
        comingSparseName = value; // its path is made up
      } else if (key.equals("linkpath")) {
        comingLink = value;
      } else if (key.equals("size")) {
        String digits = new String(value, StandardCharsets.US_ASCII);
        size = digits.matches("\\d{1,18}") ? Long.parseLong(digits) : -1;
      }
      at = end;
    }
    coming = found;
    comingSize = size;
  }
}
