package swarm.node.api;

import java.util.ArrayDeque;
import java.util.Deque;
import swarm.runtime.build.BuildOutput;
import swarm.runtime.image.Progress;
import swarm.scheduler.model.Wire;

/// How a build comes along, as Docker's JSON stream. What a quiet build says is told only where it
/// fails. For one build.
final class BuildLines implements BuildOutput {
  private static final String RED = "\u001b[91m";
  private static final String PLAIN = "\u001b[0m";
  private static final int MOST_HELD = 2_000;

  private final ProgressLines lines;
  private final boolean quiet;
  private final Deque<String> held = new ArrayDeque<>();

  /// @param quiet whether only the image's id is told
  BuildLines(ProgressLines lines, boolean quiet) {
    this.lines = lines;
    this.quiet = quiet;
  }

  @Override
  public void text(String text) {
    if (text.isEmpty()) {
      return;
    }
    if (!quiet) {
      lines.text(text);
      return;
    }
    held.add(text);
    if (held.size() > MOST_HELD) {
      held.remove();
    }
  }

  @Override
  public void error(String text) {
    if (!text.isEmpty()) {
      text(RED + text + PLAIN);
    }
  }

  @Override
  public void image(String id) {
    if (!quiet) {
      lines.bareAux(Wire.JSON.createObjectNode().put("ID", id));
    }
  }

  @Override
  public Progress progress() {
    return quiet ? (_, _, _, _) -> {} : lines;
  }

  /// Tells what a quiet build held back.
  void release() {
    held.forEach(lines::text);
    held.clear();
  }
}
