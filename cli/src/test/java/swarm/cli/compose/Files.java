package swarm.cli.compose;

import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Compose files in memory, in the folder `/stack`.
final class Files {
  static final Map<String, String> ENVIRONMENT =
      Map.of("TAG", "3", "EMPTY", "", "HOME", "/home/me", "N", "2", "YES", "on");

  private static final Map<String, String> NAMED =
      Map.of(
          "/stack/one.env", "# a comment\nA=from one\nTAG\nB = 1\n",
          "/stack/good.env", "A=from a file\nTAG\nUNKNOWN\nEMPTY=\n",
          "/stack/key", "the key",
          "/stack/page", "the page");

  static final ComposeLoader.Source SOURCE =
      new ComposeLoader.Source(
          Path.of("/stack"),
          ENVIRONMENT,
          path -> {
            String text = NAMED.get(path.toString());
            if (text == null) {
              throw new NoSuchFileException(path.toString());
            }
            return text.getBytes(StandardCharsets.UTF_8);
          });

  private Files() {}

  static ComposeFile load(String... texts) throws ComposeException {
    var all = new ArrayList<ComposeLoader.Text>();
    for (String text : texts) {
      all.add(new ComposeLoader.Text((all.size() + 1) + ".yml", text));
    }
    return ComposeLoader.load(List.copyOf(all), SOURCE, true);
  }

  static Stack stack(String... texts) throws ComposeException {
    return Stack.of("x", load(texts), SOURCE);
  }
}
