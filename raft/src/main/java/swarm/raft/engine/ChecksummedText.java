package swarm.raft.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import swarm.raft.log.DamagedFileException;

/// Small text files that end with their own checksum, and are replaced at once.
final class ChecksummedText {
  private static final String OWN = "crc32c=";

  private ChecksummedText() {}

  /// What was written, without the checksum.
  ///
  /// @throws DamagedFileException where it is not what was written
  static String read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf(OWN);
    if (end < 0 || !text.substring(end).equals(own(text.substring(0, end)))) {
      throw new DamagedFileException(file, "its contents and its checksum do not agree");
    }
    return text.substring(0, end);
  }

  /// Puts a text in the place of another one. A power cut leaves one of the two.
  static void replace(Path file, String text) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(
        fresh,
        text + own(text),
        StandardCharsets.ISO_8859_1,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    Disk.flush(fresh);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String own(String text) {
    return OWN + crc(text.getBytes(StandardCharsets.ISO_8859_1)) + "\n";
  }

  static String crc(byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
