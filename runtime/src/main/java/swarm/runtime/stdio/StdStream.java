package swarm.runtime.stdio;

/// A standard stream; its [#number] is the stream type of Docker's attach protocol.
public enum StdStream {
  /// Standard input.
  STDIN(0),
  /// Standard output; of a terminal, all output.
  STDOUT(1),
  /// Standard error.
  STDERR(2);

  private final int number;

  StdStream(int number) {
    this.number = number;
  }

  /// 0, 1 or 2.
  public int number() {
    return number;
  }
}
