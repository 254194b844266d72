package swarm.runtime.image;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import swarm.runtime.archive.Sha256;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.fault.CrashPoints;

/// Blobs by their SHA-256 digest, as in an OCI image layout (`blobs/sha256/<hex>`). A blob appears
/// whole or not at all. Thread-safe.
public final class ContentStore {
  /// Up to which size a blob is forced to the disk before it is there, in bytes. Larger ones are
  /// layers: they can come again, and are looked at when the store is opened.
  private static final int SMALL = 64 * 1024;

  private final Path blobs;
  private final Path incoming;
  private final CrashPoints crashPoints;

  /// Opens the store at `folder`; what an interrupted download left is cleared away.
  ContentStore(Path folder, CrashPoints crashPoints) throws IOException {
    this.crashPoints = crashPoints;
    blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
    incoming = Files.createDirectories(folder.resolve("incoming"));
    try (Stream<Path> left = Files.list(incoming)) {
      for (Path file : left.toList()) {
        Files.delete(file);
      }
    }
  }

  /// Where a blob is, or would be.
  public Path path(String digest) {
    return blobs.resolve(hex(digest));
  }

  /// Whether the blob is here.
  public boolean has(String digest) {
    return Files.exists(path(digest));
  }

  /// A whole small blob.
  public byte[] read(String digest) throws IOException {
    return Files.readAllBytes(path(digest));
  }

  /// Opens a blob.
  public InputStream open(String digest) throws IOException {
    return Files.newInputStream(path(digest));
  }

  /// A blob's length in bytes.
  public long size(String digest) throws IOException {
    return Files.size(path(digest));
  }

  /// Keeps everything that `in` has, and returns its digest.
  public String put(InputStream in) throws IOException {
    return put(in, -1);
  }

  /// The same for content whose size is known.
  ///
  /// @param size in bytes; -1 where it is not known
  String put(InputStream in, long size) throws IOException {
    return keep(in::transferTo, size, null);
  }

  /// As [#put], but nothing is kept unless the digest is `expected`.
  ///
  /// @throws ImageException where the content is another: a broken or a lying source
  public void put(InputStream in, String expected) throws IOException {
    put(in, -1, expected);
  }

  /// The same for content whose size is known.
  ///
  /// @param size in bytes; -1 where it is not known
  void put(InputStream in, long size, String expected) throws IOException {
    var _ = keep(in::transferTo, size, expected);
  }

  /// Writes a blob's content.
  @FunctionalInterface
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  /// Keeps what is written, and returns its digest.
  String write(Writing writing) throws IOException {
    return keep(writing, -1, null);
  }

  private String keep(Writing writing, long size, @Nullable String expected) throws IOException {
    Path file = temporary();
    try {
      MessageDigest sha = Sha256.create(size);
      try (OutputStream out =
          new DigestOutputStream(new Named(Files.newOutputStream(file), file), sha)) {
        writing.to(out);
      }
      String digest = "sha256:" + HexFormat.of().formatHex(sha.digest());
      if (expected != null && !digest.equals(expected)) {
        throw new ImageException(
            ImageException.Kind.INVALID,
            "the content is "
                + digest
                + " where "
                + expected
                + " was expected: it was changed on its way");
      }
      if (Files.size(file) <= SMALL) { // a configuration, a manifest: without it nothing works
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
      crashPoints.reached(CrashPoint.BLOB_WRITTEN);
      Files.move(
          file, path(digest), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      crashPoints.reached(CrashPoint.BLOB_KEPT);
      return digest;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private Path temporary() throws IOException {
    try {
      return Files.createTempFile(incoming, "blob", "");
    } catch (IOException e) {
      throw FullDisk.named(e, "a part of an image", incoming);
    }
  }

  /// Tells a full disk by name: only what is written here is meant, not what is read meanwhile.
  private static final class Named extends FilterOutputStream {
    private final Path file;

    Named(OutputStream out, Path file) {
      super(out);
      this.file = file;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw FullDisk.named(e, "a part of an image", file);
      }
    }
  }

  /// Deletes every blob that is not in `keep`.
  public void keepOnly(Set<String> keep) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.list(blobs)) {
      all = files.toList();
    }
    for (Path file : all) {
      if (!keep.contains("sha256:" + file.getFileName())) {
        Files.deleteIfExists(file);
      }
    }
  }

  static String digestOf(byte[] content) {
    return "sha256:" + Sha256.hex(content);
  }

  static boolean isDigest(String text) {
    return text.matches("sha256:[0-9a-f]{64}");
  }

  static String hex(String digest) {
    if (!isDigest(digest)) {
      throw new IllegalArgumentException("not a SHA-256 digest: " + digest);
    }
    return digest.substring("sha256:".length());
  }
}
