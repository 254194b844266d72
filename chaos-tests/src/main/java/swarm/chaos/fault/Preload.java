package swarm.chaos.fault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A C library that is loaded into a daemon before all others (`LD_PRELOAD`), so that it can answer
/// in the kernel's place. Built by `gcc`, which is all that it needs.
final class Preload {
  private static final List<Path> COMPILERS = List.of(Path.of("/usr/bin/gcc"));

  private Preload() {}

  /// Builds the library of that name beside this class.
  ///
  /// @return where it is; empty where this machine has no compiler
  static Optional<Path> build(String name, Path folder) throws IOException, InterruptedException {
    Optional<Path> compiler = COMPILERS.stream().filter(Files::isExecutable).findFirst();
    if (compiler.isEmpty()) {
      return Optional.empty();
    }
    Files.createDirectories(folder);
    Path source = folder.resolve(name + ".c");
    try (InputStream in = Objects.requireNonNull(Preload.class.getResourceAsStream(name + ".c"))) {
      Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
    }
    Path library = folder.resolve(name + ".so").toAbsolutePath();
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
    return Optional.of(library);
  }
}
