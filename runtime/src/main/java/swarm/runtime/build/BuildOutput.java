package swarm.runtime.build;

import swarm.runtime.image.Progress;

/// Hears how a build comes along. Called by one thread at a time.
public interface BuildOutput {
  /// Text, with its line ends.
  void text(String text);

  /// What a command wrote to its standard error.
  void error(String text);

  /// The image that a stage came to.
  void image(String id);

  /// How an image or a file comes in.
  Progress progress();
}
