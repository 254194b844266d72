package swarm.cli.command;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import swarm.cli.spec.InvalidValueException;
import swarm.linux.FileNames;

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
    Path folder = LocalFiles.path(where);
    if (!Files.isDirectory(folder)) {
      throw new InvalidValueException(
          "unable to prepare context: path \"" + where + "\" not found");
    }
    Path root = folder.toRealPath();
    if (fileFromStandard) {
      return packed(root, fresh(), Optional.of(standard.readAllBytes()));
    }
    Path named = file.isEmpty() ? usual(root) : LocalFiles.path(file);
    Path real = real(named, file.isEmpty() ? named.toString() : file);
    if (real.startsWith(root)) {
      return packed(root, name(root.relativize(real)), Optional.empty());
    }
    if (file.isEmpty()) {
      throw new InvalidValueException(
          "unable to open Dockerfile: \"%s\" leads to \"%s\", which is outside of the build context: name it with --file"
              .formatted(named, real));
    }
    return packed(root, fresh(), Optional.of(Files.readAllBytes(real)));
  }

  /// The Dockerfile where none is named.
  private static Path usual(Path root) {
    Path usual = root.resolve(DOCKERFILE);
    Path small = root.resolve("dockerfile");
    return !isThere(usual) && isThere(small) ? small : usual;
  }

  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /// Where a Dockerfile is, all links followed.
  ///
  /// @param shown its name as the user knows it
  private static Path real(Path named, String shown) throws IOException, InvalidValueException {
    String problem = "unable to prepare context: unable to evaluate symlinks in Dockerfile path: ";
    try {
      Path real = named.toRealPath();
      if (Files.isDirectory(real)) {
        throw new InvalidValueException(problem + shown + " is a directory");
      }
      return real;
    } catch (NoSuchFileException _) {
      throw new InvalidValueException(problem + "lstat " + shown + ": no such file or directory");
    } catch (FileSystemException e) {
      throw new InvalidValueException(problem + "lstat " + shown + ": " + e.getReason());
    }
  }

  /// A path below the context as the tar has it.
  private static String name(Path relative) {
    var name = new StringJoiner("/");
    relative.forEach(part -> name.add(FileNames.of(part)));
    return name.toString();
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
