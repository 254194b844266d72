package swarm.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import swarm.cli.spec.InvalidValueException;

/// Reads `--label-file`s.
final class LabelFiles {
  private LabelFiles() {}

  /// The labels of the files, then those of `--label`.
  static List<String> labels(Invocation call) throws IOException, InvalidValueException {
    var all = new ArrayList<String>();
    for (String file : call.list("--label-file")) {
      try {
        for (String line : Files.readAllLines(LocalFiles.path(file))) {
          String label = line.strip();
          if (label.contains("=") && !label.startsWith("#")) { // Docker takes no key alone
            all.add(label);
          }
        }
      } catch (NoSuchFileException _) {
        throw new InvalidValueException("open " + file + ": no such file or directory");
      } catch (java.nio.charset.MalformedInputException _) {
        throw new InvalidValueException("--label-file: " + file + " is not UTF-8");
      }
    }
    all.addAll(call.list("--label"));
    return all;
  }
}
