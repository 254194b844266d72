package swarm.runtime.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/// Writes tars, hostile ones too: no name is checked.
final class TarBuilder {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final TarArchiveOutputStream tar =
      new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name());

  TarBuilder() {
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  TarBuilder file(String name, String content) {
    return file(name, content, 0644, 0, 0);
  }

  TarBuilder file(String name, String content, int mode, long uid, long gid) {
    return file(name, content.getBytes(StandardCharsets.UTF_8), mode, uid, gid);
  }

  TarBuilder file(String name, byte[] content, int mode, long uid, long gid) {
    TarArchiveEntry entry = entry(name, TarConstants.LF_NORMAL);
    entry.setMode(mode);
    entry.setUserId(uid);
    entry.setGroupId(gid);
    entry.setSize(content.length);
    return put(entry, content);
  }

  TarBuilder folder(String name, int mode) {
    TarArchiveEntry entry = entry(name + "/", TarConstants.LF_DIR);
    entry.setMode(mode);
    return put(entry, new byte[0]);
  }

  TarBuilder symlink(String name, String target) {
    TarArchiveEntry entry = entry(name, TarConstants.LF_SYMLINK);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  TarBuilder hardlink(String name, String target) {
    TarArchiveEntry entry = entry(name, TarConstants.LF_LINK);
    entry.setLinkName(target);
    return put(entry, new byte[0]);
  }

  TarBuilder device(String name, byte type, int major, int minor) {
    TarArchiveEntry entry = entry(name, type);
    entry.setMode(0600);
    entry.setDevMajor(major);
    entry.setDevMinor(minor);
    return put(entry, new byte[0]);
  }

  /// An extended attribute of the entry that comes next, as GNU tar and Go write it: binary.
  TarBuilder attribute(String name, byte[] value) {
    byte[] key = ("SCHILY.xattr." + name + "=").getBytes(StandardCharsets.UTF_8);
    int rest = 1 + key.length + value.length + 1; // space, key=, value, newline
    int length = rest + 1;
    while (Integer.toString(length).length() + rest != length) {
      length++;
    }
    var record = new ByteArrayOutputStream();
    record.writeBytes((length + " ").getBytes(StandardCharsets.UTF_8));
    record.writeBytes(key);
    record.writeBytes(value);
    record.write('\n');
    TarArchiveEntry entry = entry("PaxHeaders/x", TarConstants.LF_PAX_EXTENDED_HEADER_LC);
    entry.setSize(record.size());
    return put(entry, record.toByteArray());
  }

  private static TarArchiveEntry entry(String name, byte type) {
    var entry = new TarArchiveEntry(name, type, true);
    entry.setModTime(FileTime.fromMillis(1_700_000_000_000L));
    return entry;
  }

  private TarBuilder put(TarArchiveEntry entry, byte[] content) {
    try {
      tar.putArchiveEntry(entry);
      tar.write(content);
      tar.closeArchiveEntry();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] bytes() {
    try {
      tar.finish();
      tar.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InputStream stream() {
    return new ByteArrayInputStream(bytes());
  }
}
