package swarm.cli.compose;

/// Where something stands.
///
/// @param file as the user named it; `-` for standard input
/// @param line from 1
public record Place(String file, int line) {
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
