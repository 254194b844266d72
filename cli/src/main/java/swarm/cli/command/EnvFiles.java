package swarm.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import swarm.cli.spec.InvalidValueException;

/// Reads `--env-file`s.
final class EnvFiles {
  private EnvFiles() {}

  static List<List<String>> lines(List<String> files) throws IOException, InvalidValueException {
    var all = new ArrayList<List<String>>();
    for (String file : files) {
      try {
        all.add(Files.readAllLines(LocalFiles.path(file)));
      } catch (NoSuchFileException _) {
        throw InvalidValueException.of(file, "--env-file", "there is no such file");
      } catch (java.nio.charset.MalformedInputException _) {
        throw InvalidValueException.of(file, "--env-file", "it is not UTF-8");
      }
    }
    return all;
  }
}
