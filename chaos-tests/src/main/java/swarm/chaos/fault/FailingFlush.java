package swarm.chaos.fault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A disk whose flushes fail with EIO while it is told to: a C library that is preloaded into a
/// daemon. Built by `gcc`, which is all that it needs.
public final class FailingFlush {
  private static final List<Path> COMPILERS = List.of(Path.of("/usr/bin/gcc"));

  private final Path library;
  private final Path flag;

  private FailingFlush(Path library, Path flag) {
    this.library = library;
    this.flag = flag;
  }

  /// Builds one.
  ///
  /// @param folder for the library and for the file that switches the fault
  /// @return empty where this machine has no compiler
  public static Optional<FailingFlush> build(Path folder) throws IOException, InterruptedException {
    Optional<Path> compiler = COMPILERS.stream().filter(Files::isExecutable).findFirst();
    if (compiler.isEmpty()) {
      return Optional.empty();
    }
    Files.createDirectories(folder);
    Path source = folder.resolve("failing_flush.c");
    try (InputStream in =
        Objects.requireNonNull(FailingFlush.class.getResourceAsStream("failing_flush.c"))) {
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
    }
    Path library = folder.resolve("failing_flush.so").toAbsolutePath();
    Process process =
        new ProcessBuilder(
                compiler.get().toString(),
                "-shared",
                "-fPIC",
                "-O1",
                "-o",
                library.toString(),
                source.toString(),
                "-ldl")
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("gcc does not build " + source + ": " + said);
    }
    return Optional.of(new FailingFlush(library, folder.resolve("flush-fails").toAbsolutePath()));
  }

  /// What a daemon's environment needs so that it can be hit.
  public Map<String, String> environment() {
    return Map.of("LD_PRELOAD", library.toString(), "SWARM_FAULT_FLUSH", flag.toString());
  }

  /// From now on flushes fail.
  public void begin() throws IOException {
    Files.writeString(flag, "");
  }

  /// From now on they succeed.
  public void end() throws IOException {
    Files.deleteIfExists(flag);
  }
}
