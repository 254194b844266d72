package swarm.chaos.membership;

import java.util.Comparator;

/// A node of a cluster: a host that joins again is another one.
///
/// @param life the how manieth time that the host is in
public record Node(int host, int life) implements Comparable<Node> {
  private static final Comparator<Node> ORDER =
      Comparator.comparingInt(Node::host).thenComparingInt(Node::life);

  @Override
  public int compareTo(Node other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return host + "#" + life;
  }
}
