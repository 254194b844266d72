package swarm.runtime.image;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import swarm.runtime.archive.ArchiveException;
import swarm.runtime.archive.Compression;
import swarm.runtime.archive.Sha256;
import swarm.runtime.archive.TreeSize;
import swarm.runtime.fault.CrashPoint;
import swarm.runtime.fault.CrashPoints;
import swarm.runtime.snapshot.OverlayMounts;

/// Unpacked layers by the digest of their uncompressed tar (the image configuration's `diff_ids`),
/// shared by all images. A layer's folder appears whole or not at all. Thread-safe.
public final class LayerStore {
  private static final int BUFFER = 128 * 1024;

  private final Path layers;
  private final Path incoming;
  private final CrashPoints crashPoints;
  private final Map<String, ReentrantLock> unpacking = new ConcurrentHashMap<>();

  /// Opens the store at `folder`; what an interrupted extraction left is cleared away.
  LayerStore(Path folder, CrashPoints crashPoints) throws IOException {
    this.crashPoints = crashPoints;
    layers = Files.createDirectories(folder.resolve("layers/sha256"));
    incoming = Files.createDirectories(folder.resolve("unpacking"));
    try (Stream<Path> left = Files.list(incoming)) {
      for (Path path : left.toList()) {
        OverlayMounts.deleteTree(path);
      }
    }
  }

  /// Where a layer's files are.
  public Path path(String diffId) {
    return layers.resolve(ContentStore.hex(diffId));
  }

  /// Whether the layer is unpacked.
  public boolean has(String diffId) {
    return Files.isDirectory(path(diffId));
  }

  /// Unpacks a layer unless it is there; `blob` may be a plain or compressed tar.
  ///
  /// @throws ImageException where the tar is not the one that `diffId` names
  public void unpack(String diffId, Path blob) throws IOException {
    unpack(diffId, blob, _ -> {});
  }

  /// As the other; `read` hears how many bytes of the blob were read.
  void unpack(String diffId, Path blob, LongConsumer read) throws IOException {
    ReentrantLock lock = unpacking.computeIfAbsent(diffId, _ -> new ReentrantLock());
    lock.lock();
    try {
      if (has(diffId)) {
        return;
      }
      Path folder = Files.createTempDirectory(incoming, "layer");
      Files.setAttribute(folder, "unix:mode", 0755);
      try {
        String actual = unpackInto(folder, blob, read);
        if (!actual.equals(diffId)) {
          throw new ImageException(
              ImageException.Kind.INVALID,
              "the layer's content is " + actual + " where the image says " + diffId);
        }
        crashPoints.reached(CrashPoint.LAYER_UNPACKED);
        Files.move(folder, path(diffId), StandardCopyOption.ATOMIC_MOVE);
        crashPoints.reached(CrashPoint.LAYER_KEPT);
      } catch (IOException e) {
        throw FullDisk.named(e, "a layer's files", path(diffId));
      } finally {
        OverlayMounts.deleteTree(folder);
      }
    } finally {
      lock.unlock();
      unpacking.remove(diffId, lock);
    }
  }

  private static String unpackInto(Path folder, Path blob, LongConsumer read) throws IOException {
    MessageDigest sha = Sha256.create(Files.size(blob));
    try (InputStream raw = new Counted(Files.newInputStream(blob), read);
        var tar =
            new BufferedInputStream(new DigestInputStream(Compression.open(raw), sha), BUFFER)) {
      new LayerExtractor(folder).extract(tar);
    } catch (ArchiveException e) {
      throw LayerTarReader.invalid(String.valueOf(e.getMessage()));
    }
    return "sha256:" + HexFormat.of().formatHex(sha.digest());
  }

  /// Tells how much was read.
  private static final class Counted extends FilterInputStream {
    private final LongConsumer read;
    private long count;

    Counted(InputStream in, LongConsumer read) {
      super(in);
      this.read = read;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int n = super.read(target, offset, length);
      if (n > 0) {
        count += n;
        read.accept(count);
      }
      return n;
    }
  }

  /// Whether a blob is a tar as it is.
  static boolean isPlain(Path blob) throws IOException {
    try (InputStream in = Files.newInputStream(blob)) {
      return Compression.of(in.readNBytes(Compression.MAGIC)) == Compression.NONE;
    }
  }

  /// The type that OCI gives a layer in the form that this blob has.
  static String mediaType(Path blob) throws IOException {
    try (InputStream in = Files.newInputStream(blob)) {
      return Manifests.OCI_LAYER
          + switch (Compression.of(in.readNBytes(Compression.MAGIC))) {
            case NONE, BZIP2, XZ -> ""; // which have no name in a manifest
            case GZIP -> "+gzip";
            case ZSTD -> "+zstd";
          };
    }
  }

  /// The digest of a blob's uncompressed tar.
  static String diffId(Path blob) throws IOException {
    MessageDigest sha = Sha256.create(Files.size(blob));
    try (InputStream in = Compression.open(Files.newInputStream(blob))) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha.update(buffer, 0, n);
      }
    }
    return "sha256:" + HexFormat.of().formatHex(sha.digest());
  }

  /// What a layer's files take ([TreeSize]). Walks the whole layer: for once, when an image is
  /// entered.
  ///
  /// @return 0 where the layer is not unpacked
  long measure(String diffId) throws IOException {
    return TreeSize.of(path(diffId));
  }

  /// Deletes every layer that is not in `keep`.
  void keepOnly(Set<String> keep) throws IOException {
    List<Path> all;
    try (Stream<Path> folders = Files.list(layers)) {
      all = folders.toList();
    }
    for (Path folder : all) {
      if (!keep.contains("sha256:" + folder.getFileName())) {
        // renamed first: a layer is there whole or not at all
        Path out = incoming.resolve(folder.getFileName() + ".gone");
        Files.move(folder, out);
        crashPoints.reached(CrashPoint.LAYER_SET_ASIDE);
        OverlayMounts.deleteTree(out);
      }
    }
  }
}
