package swarm.cli.command;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import swarm.cli.spec.InvalidValueException;

/// What a build sends to the daemon: a folder as a tar, or what comes from standard input.
///
/// @param stream the tar
/// @param dockerfile its name in the tar
/// @param packing what makes the tar meanwhile; empty where there is one
record BuildInput(InputStream stream, String dockerfile, Optional<FutureTask<Boolean>> packing)
    implements AutoCloseable {
  private static final String DOCKERFILE = "Dockerfile";
  private static final int PIPE = 256 * 1024;
  private static final int PREAMBLE = 512;
  private static final int MAGIC_OF_TARS = 257;

  /// @param where a folder, or `-`
  /// @param file the Dockerfile as the user named it; empty for the usual one
  static BuildInput open(String where, String file, InputStream standard)
      throws IOException, InvalidValueException {
    boolean fileFromStandard = BuildCommand.isStandard(file);
    if (BuildCommand.isStandard(where)) {
      if (fileFromStandard) {
        throw new InvalidValueException(
            "invalid argument: can't use stdin for both build context and dockerfile");
      }
      return ofStandard(new BufferedInputStream(standard, PREAMBLE), file);
    }
    Path folder = Path.of(where);
    if (!Files.isDirectory(folder)) {
      throw new InvalidValueException(
          "unable to prepare context: path \"" + where + "\" not found");
    }
    Path root = folder.toRealPath();
    if (fileFromStandard) {
      return packed(root, fresh(), Optional.of(standard.readAllBytes()));
    }
    Path named = file.isEmpty() ? root.resolve(DOCKERFILE) : Path.of(file);
    if (file.isEmpty() && !Files.exists(named) && Files.exists(root.resolve("dockerfile"))) {
      named = root.resolve("dockerfile");
    }
    return ofFile(root, named);
  }

  private static BuildInput ofFile(Path root, Path named)
      throws IOException, InvalidValueException {
    Path real = named.toAbsolutePath().normalize();
    try {
      Path parent = real.getParent();
      real = parent == null ? real : parent.toRealPath().resolve(real.getFileName());
      if (!Files.isRegularFile(real)) {
        throw new NoSuchFileException(named.toString());
      }
    } catch (NoSuchFileException _) {
      throw new InvalidValueException(
          "unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat "
              + named
              + ": no such file or directory");
    }
    return real.startsWith(root)
        ? packed(root, root.relativize(real).toString(), Optional.empty())
        : packed(root, fresh(), Optional.of(Files.readAllBytes(real)));
  }

  /// A name that no file of the folder has.
  private static String fresh() {
    byte[] random = new byte[10];
    ThreadLocalRandom.current().nextBytes(random);
    return ".dockerfile." + HexFormat.of().formatHex(random);
  }

  private static BuildInput packed(Path root, String dockerfile, Optional<byte[]> content)
      throws IOException, InvalidValueException {
    ContextTar tar = ContextTar.of(root, dockerfile, content);
    var pipe = new PipedInputStream(PIPE);
    var out = new PipedOutputStream(pipe);
    var packing =
        new FutureTask<>(
            () -> {
              try (out) { // whatever happens: its reader would wait for ever
                tar.write(out);
              }
              return true;
            });
    Thread.ofPlatform().name("pack").daemon().start(packing);
    return new BuildInput(pipe, dockerfile, Optional.of(packing));
  }

  /// A tar, or a Dockerfile alone.
  private static BuildInput ofStandard(BufferedInputStream in, String file) throws IOException {
    in.mark(PREAMBLE);
    byte[] first = in.readNBytes(PREAMBLE);
    in.reset();
    if (isArchive(first)) {
      return new BuildInput(in, file.isEmpty() ? DOCKERFILE : file, Optional.empty());
    }
    var tar = new ByteArrayOutputStream();
    ContextTar.writeOne(DOCKERFILE, in.readAllBytes(), tar);
    return new BuildInput(
        new ByteArrayInputStream(tar.toByteArray()), DOCKERFILE, Optional.empty());
  }

  private static boolean isArchive(byte[] first) {
    boolean tar =
        first.length > MAGIC_OF_TARS + 5
            && new String(first, MAGIC_OF_TARS, 5, java.nio.charset.StandardCharsets.US_ASCII)
                .equals("ustar");
    String hex = HexFormat.of().formatHex(first, 0, Math.min(4, first.length));
    return tar
        || hex.startsWith("1f8b")
        || hex.startsWith("425a68")
        || hex.startsWith("fd377a58")
        || hex.startsWith("28b52ffd");
  }

  /// After all was sent: says what could not be read.
  void finish() throws IOException {
    if (packing.isEmpty()) {
      return;
    }
    try {
      packing.get().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
