package swarm.runtime.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import swarm.linux.RootedFiles;
import swarm.runtime.archive.TreeUnpacker;
import swarm.runtime.dockerfile.DockerfileException;
import swarm.runtime.oci.UserDatabase;

/// What `--chown` and `--chmod` mean.
final class Ownership {
  private static final int MAX_FILE = 4 * 1024 * 1024;

  private Ownership() {}

  /// @param text `user[:group]`, names or numbers; a group that is not named is called as the user
  /// @param root of the image whose users are meant
  static TreeUnpacker.Owner owner(String text, Path root) throws IOException, DockerfileException {
    String[] parts = text.split(":", -1);
    if (parts.length > 2) {
      throw unable("invalid chown string format: " + text);
    }
    String user = parts[0];
    String group = parts.length == 2 ? parts[1] : user;
    UserDatabase known = UserDatabase.parse(file(root, "/etc/passwd"), file(root, "/etc/group"));
    OptionalInt uid = number(user);
    OptionalInt gid = number(group);
    if (uid.isEmpty()) {
      uid =
          known.users().stream()
              .filter(u -> u.name().equals(user))
              .mapToInt(u -> (int) u.uid())
              .findFirst();
    }
    if (gid.isEmpty()) {
      gid =
          known.groups().stream()
              .filter(g -> g.name().equals(group))
              .mapToInt(g -> (int) g.gid())
              .findFirst();
    }
    if (uid.isEmpty()) {
      throw unable(
          "can't find uid for user " + user + ": " + why(root, "/etc/passwd", "user", user));
    }
    if (gid.isEmpty()) {
      throw unable(
          "can't find gid for group " + group + ": " + why(root, "/etc/group", "group", group));
    }
    return new TreeUnpacker.Owner(uid.getAsInt(), gid.getAsInt());
  }

  private static String why(Path root, String file, String kind, String name) throws IOException {
    return RootedFiles.read(root, file, MAX_FILE).isPresent()
        ? "no such " + kind + ": " + name
        : "open " + file + ": no such file or directory";
  }

  private static DockerfileException unable(String why) {
    return new DockerfileException(
        "unable to convert uid/gid chown string to host mapping: " + why);
  }

  private static String file(Path root, String path) throws IOException {
    return RootedFiles.read(root, path, MAX_FILE)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("");
  }

  private static OptionalInt number(String text) {
    if (!text.matches("\\+?\\d{1,10}")) {
      return OptionalInt.empty();
    }
    long id = Long.parseLong(text);
    return id <= TreeUnpacker.MAX_ID ? OptionalInt.of((int) id) : OptionalInt.empty();
  }

  /// @param text empty for nothing
  static OptionalInt mode(String text) throws DockerfileException {
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    if (!text.matches("[0-7]{1,5}") || Integer.parseInt(text, 8) > 07777) {
      throw new DockerfileException(
          "invalid chmod parameter: '"
              + text
              + "'. it should be octal string and between 0 and 07777");
    }
    return OptionalInt.of(Integer.parseInt(text, 8));
  }
}
